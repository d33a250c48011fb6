/** Processes of a benchmark: each is asked one question at a time, and answers with what was asked. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What travels between a benchmark and its children; values survive JSON. */
export type Answer = { readonly value?: unknown } | { readonly error: string };

/** Questions by name, with what each is told and what it answers. */
export type Questions = Record<string, (told: never) => unknown>;
type Told<Q extends Questions, K extends keyof Q> = Parameters<Q[K]>[0];
type Answered<Q extends Questions, K extends keyof Q> = Awaited<ReturnType<Q[K]>>;

export interface Child<Q extends Questions> {
  ask<K extends keyof Q & string>(question: K, told: Told<Q, K>): Promise<Answered<Q, K>>;
  /** Asks it to end, and waits for that. */
  end(): Promise<void>;
}

/** Starts a program of this folder. */
export function startChild<Q extends Questions>(program: string): Child<Q> {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), { execArgv: process.execArgv });
  const exited = once(child, "exit");
  let waiting = Promise.withResolvers<Answer>();
  child.on("message", (answer: Answer) => waiting.resolve(answer));
  void exited.then(([code]) => waiting.resolve({ error: `A process ended (${code}).` }));
  return {
    async ask(question, told) {
      waiting = Promise.withResolvers();
      child.send({ question, told });
      const answer = await waiting.promise;
      if ("error" in answer) throw new Error(answer.error);
      return answer.value as never;
    },
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The child's side: answers questions until the benchmark is over. */
export function answerQuestions(questions: Questions): void {
  process.on("message", ({ question, told }: { question: string; told: never }) => {
    const answer = async () => questions[question]?.(told);
    answer().then(
      (value) => process.send?.({ value } satisfies Answer),
      (error: unknown) =>
        process.send?.({
          error: error instanceof Error ? String(error.stack) : String(error),
        } satisfies Answer),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
