// Debian's faiss on the same hashes and queries, on one thread.
//   faiss HASHES QUERIES DISTANCE flat|multihash   prints {"matches", "microseconds"} (a query)
#include <faiss/IndexBinaryFlat.h>
#include <faiss/IndexBinaryHash.h>
#include <faiss/impl/AuxIndexStructures.h>
#include <cstring>
#include <memory>
#include "rows.hpp"

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const auto hashes = read_rows(arguments[1]);
  const auto queries = read_rows(arguments[2]);
  const int most = std::atoi(arguments[3]);
  std::unique_ptr<faiss::IndexBinary> index;
  if (std::strcmp(arguments[4], "flat") == 0) {
    index = std::make_unique<faiss::IndexBinaryFlat>(256);
  } else {
    auto multi = std::make_unique<faiss::IndexBinaryMultiHash>(256, 16, 16);
    multi->nflip = 1;  // of 16 chunks, one differs in at most one bit when at most 31 bits differ in all
    index = std::move(multi);
  }
  index->add(static_cast<int64_t>(hashes.size() / row), hashes.data());
  const size_t asked = queries.size() / row;
  uint64_t matches = 0;
  const double started = seconds();
  // One query a call, as a report comes: faiss takes distances below its radius, not up to it.
  for (size_t at = 0; at < asked; at++) {
    faiss::RangeSearchResult found(1);
    index->range_search(1, queries.data() + at * row, most + 1, &found);
    matches += found.lims[1];
  }
  const double spent = seconds() - started;
  std::printf("{\"queries\": %zu, \"matches\": %llu, \"microseconds\": %.3f}\n", asked,
              static_cast<unsigned long long>(matches), spent / static_cast<double>(asked) * 1e6);
}
