/* How fast this machine can train and map a small tanh network: plain C for one shape, known when it is compiled.

   The same work as the engine's (squared error, SGD, mean gradient of a batch, float64), and nothing else: no other
   activation, no regularisation, no short batch, no losses. yardstick.py compiles it with SIZES, LAYERS, WIDEST, BATCH
   and POINTS and checks that it ends at the engine's parameters. Lanes hold points; rows of weights are whole vectors. */
#include <stdint.h>

#ifdef __AVX512F__
enum { WIDTH = 8 };
#else
enum { WIDTH = 4 };
#endif
#define WHOLE(count) (((count) + WIDTH - 1) / WIDTH * WIDTH)
enum { LANES = WHOLE(BATCH), VECTORS = LANES / WIDTH, ROW = WHOLE(WIDEST), BATCHES = POINTS / BATCH, GRID = 10000 };
enum { PLANE = (GRID / WIDTH + 3) / 4 * 4 }; /* vectors; they are mapped four at a time */

typedef double vec __attribute__((vector_size(8 * WIDTH)));
typedef int64_t bits __attribute__((vector_size(8 * WIDTH)));
typedef double number __attribute__((may_alias)); /* one lane of a vec */

static const int size[LAYERS + 1] = {SIZES};
static vec input[BATCHES][WIDEST][VECTORS], label[BATCHES][VECTORS], there[VECTORS];
static vec answer[LAYERS + 1][ROW][VECTORS], delta[LAYERS + 1][ROW][VECTORS];
static vec weight_row[LAYERS + 1][WIDEST][ROW / WIDTH], bias_row[LAYERS + 1][ROW / WIDTH];
static vec plane[PLANE][WIDEST], map[LAYERS + 1][WIDEST][PLANE];

/* 1 - 2 / (2 ** (x * 2 / ln 2) + 1); 2 ** f by its series (|f| <= 1/2, error 2e-16), summed in short chains. */
static inline vec tanh_of(vec x) {
  const double magic = 6755399441055744.0; /* 1.5 * 2 ** 52: adding it rounds */
  for (int lane = 0; lane < WIDTH; lane++) x[lane] = x[lane] < 20.0 ? x[lane] : 20.0;
  for (int lane = 0; lane < WIDTH; lane++) x[lane] = x[lane] > -20.0 ? x[lane] : -20.0;
  vec y = x * 2.8853900817779268;
  vec shifted = y + magic, f = y - (shifted - magic), f2 = f * f, f4 = f2 * f2;
  vec a = 1.0 + f * 0.6931471805599453, b = 0.24022650695910072 + f * 0.05550410866482158;
  vec c = 0.009618129107628477 + f * 0.0013333558146428443, d = 0.00015403530393381608 + f * 1.525273380405984e-05;
  vec e = 1.3215486790144309e-06 + f * 1.0178086009239699e-07, g = 7.054911620801123e-09 + f * 4.445538271870811e-10;
  vec h = 2.5678435993488204e-11 + f * 1.3691488853904128e-12;
  vec power = (a + f2 * b) + f4 * ((c + f2 * d) + f4 * ((e + f2 * g) + f4 * h));
  return 1.0 - 2.0 / ((vec)((bits)power + ((bits)shifted << 52)) + 1.0);
}

/* WIDTH vectors, the sum of each: halves are added until one vector holds all sums. */
static inline vec sums(vec *v) {
#ifdef __AVX512F__
  vec half[4], quarter[2];
  for (int k = 0; k < 4; k++)
    half[k] = __builtin_shuffle(v[k], v[k + 4], (bits){0, 1, 2, 3, 8, 9, 10, 11}) +
              __builtin_shuffle(v[k], v[k + 4], (bits){4, 5, 6, 7, 12, 13, 14, 15});
  for (int k = 0; k < 2; k++)
    quarter[k] = __builtin_shuffle(half[k], half[k + 2], (bits){0, 1, 8, 9, 4, 5, 12, 13}) +
                 __builtin_shuffle(half[k], half[k + 2], (bits){2, 3, 10, 11, 6, 7, 14, 15});
  return __builtin_shuffle(quarter[0], quarter[1], (bits){0, 8, 2, 10, 4, 12, 6, 14}) +
         __builtin_shuffle(quarter[0], quarter[1], (bits){1, 9, 3, 11, 5, 13, 7, 15});
#else
  vec a = __builtin_shuffle(v[0], v[1], (bits){0, 4, 2, 6}) + __builtin_shuffle(v[0], v[1], (bits){1, 5, 3, 7});
  vec b = __builtin_shuffle(v[2], v[3], (bits){0, 4, 2, 6}) + __builtin_shuffle(v[2], v[3], (bits){1, 5, 3, 7});
  return __builtin_shuffle(a, b, (bits){0, 1, 4, 5}) + __builtin_shuffle(a, b, (bits){2, 3, 6, 7});
#endif
}

static inline void learn(int batch, double step) {
  const vec(*from)[VECTORS] = input[batch];
#pragma GCC unroll 16
  for (int layer = 1; layer <= LAYERS; layer++) {
    const number *bias = (const number *)bias_row[layer];
    for (int o = 0; o < size[layer]; o++) {
      const number *weight = (const number *)weight_row[layer][o];
      vec z[VECTORS];
      for (int k = 0; k < VECTORS; k++) z[k] = (vec){} + bias[o];
      for (int i = 0; i < size[layer - 1]; i++)
        for (int k = 0; k < VECTORS; k++) z[k] += weight[i] * from[i][k];
      for (int k = 0; k < VECTORS; k++) answer[layer][o][k] = tanh_of(z[k]);
    }
    from = (const vec(*)[VECTORS])answer[layer];
  }
  for (int k = 0; k < VECTORS; k++) {
    vec a = answer[LAYERS][0][k];
    delta[LAYERS][0][k] = there[k] * (a - label[batch][k]) * (1.0 - a * a);
  }
#pragma GCC unroll 16
  for (int layer = LAYERS; layer > 0; layer--) {
    const int inputs = size[layer - 1];
    from = layer > 1 ? (const vec(*)[VECTORS])answer[layer - 1] : input[batch];
    if (layer > 1)
      for (int i = 0; i < inputs; i++)
        for (int k = 0; k < VECTORS; k++) {
          vec slope = {}, a = from[i][k];
          for (int o = 0; o < size[layer]; o++) slope += ((const number *)weight_row[layer][o])[i] * delta[layer][o][k];
          delta[layer - 1][i][k] = slope * (1.0 - a * a);
        }
    for (int o = 0; o < size[layer]; o += WIDTH) {
      vec part[WIDTH] = {};
      for (int j = 0; j < WIDTH && o + j < size[layer]; j++)
        for (int k = 0; k < VECTORS; k++) part[j] += delta[layer][o + j][k];
      bias_row[layer][o / WIDTH] -= step * sums(part);
    }
    for (int o = 0; o < size[layer]; o++)
      for (int i = 0; i < inputs; i += WIDTH) {
        vec part[WIDTH] = {};
        for (int j = 0; j < WIDTH && i + j < inputs; j++)
          for (int k = 0; k < VECTORS; k++) part[j] += delta[layer][o][k] * from[i + j][k];
        weight_row[layer][o][i / WIDTH] -= step * sums(part);
      }
  }
}

/* Train: so many times over all batches. */
void epochs(int count, double rate) {
  for (int epoch = 0; epoch < count; epoch++)
    for (int batch = 0; batch < BATCHES; batch++) learn(batch, rate / BATCH);
}

/* Every neuron's answer over the plane, so many times. */
void maps(int count) {
  for (int n = 0; n < count; n++)
    for (int g = 0; g < PLANE; g += 4) {
      vec at[2][WIDEST][4];
      for (int i = 0; i < size[0]; i++)
        for (int k = 0; k < 4; k++) at[0][i][k] = plane[g + k][i];
#pragma GCC unroll 16
      for (int layer = 1; layer <= LAYERS; layer++)
        for (int o = 0; o < size[layer]; o++) {
          const number *weight = (const number *)weight_row[layer][o];
          vec z[4];
          for (int k = 0; k < 4; k++) z[k] = (vec){} + ((const number *)bias_row[layer])[o];
          for (int i = 0; i < size[layer - 1]; i++)
            for (int k = 0; k < 4; k++) z[k] += weight[i] * at[(layer - 1) % 2][i][k];
          for (int k = 0; k < 4; k++) map[layer][o][g + k] = at[layer % 2][o][k] = tanh_of(z[k]);
        }
    }
}

/* Parameters as the engine keeps them: per layer weights [neuron][input], then biases. */
static void each_parameter(double *params, int out) {
  for (int layer = 1; layer <= LAYERS; layer++) {
    for (int o = 0; o < size[layer]; o++)
      for (int i = 0; i < size[layer - 1]; i++, params++) {
        number *mine = (number *)weight_row[layer][o] + i;
        if (out) *params = *mine; else *mine = *params;
      }
    for (int o = 0; o < size[layer]; o++, params++) {
      number *mine = (number *)bias_row[layer] + o;
      if (out) *params = *mine; else *mine = *params;
    }
  }
}
void take(double *params) { each_parameter(params, 1); }

/* rows (inputs, POINTS), labels (POINTS), places (inputs, GRID). */
void give(double *params, const double *rows, const double *labels, const double *places) {
  each_parameter(params, 0);
  for (int lane = 0; lane < BATCH; lane++) ((number *)there)[lane] = 1.0;
  for (int point = 0; point < BATCHES * BATCH; point++) {
    int batch = point / BATCH, lane = point % BATCH;
    ((number *)label[batch])[lane] = labels[point];
    for (int i = 0; i < size[0]; i++) ((number *)input[batch][i])[lane] = rows[i * POINTS + point];
  }
  for (int g = 0; g < GRID; g++)
    for (int i = 0; i < size[0]; i++) ((number *)&plane[g / WIDTH][i])[g % WIDTH] = places[i * GRID + g];
}
double mapped(int layer, int neuron, int place) { return ((number *)map[layer][neuron])[place]; }
