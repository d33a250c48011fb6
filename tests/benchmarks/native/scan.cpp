// The limit of a scan: every stored hash against blocks of queries, with whatever SIMD the machine has.
//   scan HASHES QUERIES DISTANCE BATCH   prints {"matches", "microseconds"} (a query)
#include "rows.hpp"
#if defined(__AVX512VPOPCNTDQ__)
#include <immintrin.h>
#endif

static inline int distance_of(const uint64_t* a, const uint64_t* b) {
#if defined(__AVX512VPOPCNTDQ__) && defined(__AVX512VL__)
  const __m256i both = _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)),
                                        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
  const __m256i counts = _mm256_popcnt_epi64(both);
  const __m128i half = _mm_add_epi64(_mm256_castsi256_si128(counts), _mm256_extracti128_si256(counts, 1));
  return static_cast<int>(_mm_extract_epi64(half, 0) + _mm_extract_epi64(half, 1));
#else
  int distance = 0;
  for (int word = 0; word < 4; word++) distance += __builtin_popcountll(a[word] ^ b[word]);
  return distance;
#endif
}

#if defined(__AVX512VPOPCNTDQ__)
// One query: two stored hashes a register, as fast as memory delivers them.
static uint64_t matches_of_one(const uint64_t* hashes, size_t count, const uint64_t* query, int most) {
  uint64_t matches = 0;
  const __m512i wanted = _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(query)));
  const __m512i limit = _mm512_set1_epi64(most);
  size_t at = 0;
  for (; at + 2 <= count; at += 2) {
    __m512i sum = _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(hashes + at * 4), wanted));
    sum = _mm512_add_epi64(sum, _mm512_permutex_epi64(sum, 0xb1));
    sum = _mm512_add_epi64(sum, _mm512_permutex_epi64(sum, 0x4e));
    matches += static_cast<uint64_t>(__builtin_popcount(_mm512_cmple_epi64_mask(sum, limit) & 0x11));
  }
  if (at < count) matches += distance_of(hashes + at * 4, query) <= most;
  return matches;
}

// Eight stored hashes at a time, held word by word, so that no sum runs across a register.
static uint64_t matches_in(const uint64_t* hashes, size_t count, const uint64_t* queries, size_t batch, int most) {
  if (batch == 1) return matches_of_one(hashes, count, queries, most);
  uint64_t matches = 0;
  const __m512i limit = _mm512_set1_epi64(most);
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    const uint64_t* block = hashes + at * 4;
    const __m512i lanes = _mm512_setr_epi64(0, 4, 8, 12, 16, 20, 24, 28);
    __m512i words[4];
    for (int word = 0; word < 4; word++) words[word] = _mm512_i64gather_epi64(lanes, block + word, 8);
    for (size_t query = 0; query < batch; query++) {
      __m512i sum = _mm512_setzero_si512();
      for (int word = 0; word < 4; word++) {
        const __m512i wanted = _mm512_set1_epi64(static_cast<long long>(queries[query * 4 + word]));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(words[word], wanted)));
      }
      matches += static_cast<uint64_t>(__builtin_popcount(_mm512_cmple_epi64_mask(sum, limit)));
    }
  }
  for (; at < count; at++)
    for (size_t query = 0; query < batch; query++)
      matches += distance_of(hashes + at * 4, queries + query * 4) <= most;
  return matches;
}
#else
static uint64_t matches_in(const uint64_t* hashes, size_t count, const uint64_t* queries, size_t batch, int most) {
  uint64_t matches = 0;
  for (size_t at = 0; at < count; at++)
    for (size_t query = 0; query < batch; query++)
      matches += distance_of(hashes + at * 4, queries + query * 4) <= most;
  return matches;
}
#endif

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const auto hashes = read_rows(arguments[1]);
  const auto queries = read_rows(arguments[2]);
  const int most = std::atoi(arguments[3]);
  const size_t batch = static_cast<size_t>(std::atoi(arguments[4]));
  const size_t asked = queries.size() / row / batch * batch;
  uint64_t matches = 0;
  const double started = seconds();
  for (size_t at = 0; at < asked; at += batch)
    matches += matches_in(reinterpret_cast<const uint64_t*>(hashes.data()), hashes.size() / row,
                          reinterpret_cast<const uint64_t*>(queries.data() + at * row), batch, most);
  const double spent = seconds() - started;
  std::printf("{\"queries\": %zu, \"matches\": %llu, \"microseconds\": %.3f}\n", asked,
              static_cast<unsigned long long>(matches), spent / static_cast<double>(asked) * 1e6);
}
