// PDQ as the reference takes its steps: float32 luma, two passes of a moving mean along rows and columns of the whole
// picture, then 64x64 samples of it, quality, 16x16 cosine coefficients, median, one hash. Buffers are made once.
//   pdq PIXELS ROWS COLUMNS TIMES ORDER   PIXELS holds RGB; prints {"hash", "quality", "microseconds"} (of CPU, a picture)
//   ORDER "columns" takes the pass along columns one column after another, as the reference does;
//   ORDER "rows" takes it for all columns at once, row by row, which caches like better.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>

#include <vector>

static const int SIDE = 64, SIZE = 16;

static void luma_of(const uint8_t* rgb, float* luma, size_t pixels) {
  for (size_t at = 0; at < pixels; at++)
    luma[at] = 0.299f * rgb[3 * at] + 0.587f * rgb[3 * at + 1] + 0.114f * rgb[3 * at + 2];
}

// A moving mean over n values `stride` apart; the window is narrower at both ends.
static void box(const float* in, float* out, int n, size_t stride, int window) {
  const int half = (window + 2) / 2;
  float sum = 0;
  int covered = 0, right = 0, left = 0, at = 0;
  for (int i = 0; i < half - 1; i++, covered++) sum += in[stride * right++];
  for (int i = 0; i < window - half + 1; i++) {
    sum += in[stride * right++];
    out[stride * at++] = sum / ++covered;
  }
  for (int i = 0; i < n - window; i++) {
    sum += in[stride * right++];
    sum -= in[stride * left++];
    out[stride * at++] = sum / covered;
  }
  for (int i = 0; i < half - 1; i++) {
    sum -= in[stride * left++];
    out[stride * at++] = sum / --covered;
  }
}

// The same along all columns together.
static void box_all_columns(const float* in, float* out, float* sums, int rows, int columns, int window) {
  const int half = (window + 2) / 2;
  std::fill(sums, sums + columns, 0.0f);
  int covered = 0;
  for (int i = 1 - half; i < rows; i++) {
    const int entering = i + half - 1, leaving = i - (window - half) - 1;
    if (entering < rows) {
      const float* row = in + size_t(entering) * columns;
      for (int x = 0; x < columns; x++) sums[x] += row[x];
      covered++;
    }
    if (leaving >= 0) {
      const float* row = in + size_t(leaving) * columns;
      for (int x = 0; x < columns; x++) sums[x] -= row[x];
      covered--;
    }
    if (i < 0) continue;
    float* row = out + size_t(i) * columns;
    for (int x = 0; x < columns; x++) row[x] = sums[x] / covered;
  }
}

static void sample(float* plane, float* other, float* sums, int rows, int columns, bool by_rows, float* samples) {
  const int across = (columns + 127) / 128, down = (rows + 127) / 128;
  for (int pass = 0; pass < 2; pass++) {
    for (int y = 0; y < rows; y++) box(plane + size_t(y) * columns, other + size_t(y) * columns, columns, 1, across);
    if (by_rows) box_all_columns(other, plane, sums, rows, columns, down);
    else
      for (int x = 0; x < columns; x++) box(other + x, plane + x, rows, columns, down);
  }
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++)
      samples[i * SIDE + j] =
          plane[size_t((i + 0.5) * rows / SIDE) * columns + size_t((j + 0.5) * columns / SIDE)];
}

static int quality_of(const float* s) {
  int sum = 0;
  const auto step = [](float u, float v) { return std::abs(int((u - v) * 100 / 255)); };
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      if (i + 1 < SIDE) sum += step(s[i * SIDE + j], s[(i + 1) * SIDE + j]);
      if (j + 1 < SIDE) sum += step(s[i * SIDE + j], s[i * SIDE + j + 1]);
    }
  return std::min(100, sum / 90);
}

static void transform(const float* samples, const float* basis, float* coefficients) {
  static float half[SIZE * SIDE];
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIDE; j++) {
      float sum = 0;
      for (int k = 0; k < SIDE; k++) sum += basis[i * SIDE + k] * samples[k * SIDE + j];
      half[i * SIDE + j] = sum;
    }
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIZE; j++) {
      float sum = 0;
      for (int k = 0; k < SIDE; k++) sum += half[i * SIDE + k] * basis[j * SIDE + k];
      coefficients[i * SIZE + j] = sum;
    }
}

static void hash_of(const float* coefficients, uint16_t* words) {
  float sorted[SIZE * SIZE];
  std::memcpy(sorted, coefficients, sizeof sorted);
  std::nth_element(sorted, sorted + 127, sorted + 256);
  for (int i = 0; i < SIZE; i++) {
    words[i] = 0;
    for (int j = 0; j < SIZE; j++) words[i] |= (coefficients[i * SIZE + j] > sorted[127]) << j;
  }
}

int main(int, char** arguments) {
  std::ifstream file(arguments[1], std::ios::binary);
  const std::vector<uint8_t> rgb((std::istreambuf_iterator<char>(file)), {});
  const int rows = atoi(arguments[2]), columns = atoi(arguments[3]), times = atoi(arguments[4]);
  const bool by_rows = !std::strcmp(arguments[5], "rows");
  const size_t pixels = size_t(rows) * columns;
  if (rgb.size() != pixels * 3) return 1;
  std::vector<float> plane(pixels), other(pixels), sums(columns);
  static float basis[SIZE * SIDE], samples[SIDE * SIDE], coefficients[SIZE * SIZE];
  for (int i = 0; i < SIZE; i++)
    for (int j = 0; j < SIDE; j++)
      basis[i * SIDE + j] = std::sqrt(2.0 / SIDE) * std::cos(M_PI / 2 / SIDE * (i + 1) * (2 * j + 1));
  uint16_t words[SIZE];
  int quality = 0;
  clock_t before = 0;
  for (int time = -1; time < times; time++) { // the first one only warms up
    if (time == 0) before = clock();
    luma_of(rgb.data(), plane.data(), pixels);
    sample(plane.data(), other.data(), sums.data(), rows, columns, by_rows, samples);
    quality = quality_of(samples);
    transform(samples, basis, coefficients);
    hash_of(coefficients, words);
  }
  const double spent = double(clock() - before) / CLOCKS_PER_SEC * 1e6 / times;
  std::printf("{\"hash\":\"");
  for (int i = SIZE - 1; i >= 0; i--) std::printf("%04x", words[i]);
  std::printf("\",\"quality\":%d,\"microseconds\":%f}\n", quality, spent);
}
