/** A host without limits of its own: for peers that shall do whatever a test wants, and for tests of one part alone. */
import { createGater } from "../../../node/federation/transport/gater.ts";
import type { Meter } from "../../../node/federation/transport/meter.ts";

export const openDoor = () =>
  createGater({
    isMember: () => true,
    mayDial: () => true,
    hasRoomForStranger: () => true,
    hasRoomForMember: () => true,
    mayKnock: () => true,
    mayRelay: () => false,
    cameIn: () => undefined,
  });

export const unmetered: Meter = {
  around: (factory) => factory,
  attach: () => undefined,
  asked: () => undefined,
};
