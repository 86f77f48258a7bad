/* Vectors of LANES doubles by the vector extensions of GCC and Clang. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>

typedef double vec __attribute__((vector_size(8 * LANES)));
typedef int64_t mask __attribute__((vector_size(8 * LANES)));
/* The same in an array of numbers, which may begin anywhere. */
typedef double loose __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define INLINE static inline __attribute__((always_inline))
/* Once in each library, not in each function that adds its results: it takes long to compile. */
#define NOINLINE __attribute__((noinline))
#define EXPORT __attribute__((visibility("default")))
/* A vector of a number or of a vector. */
#define VEC(x) ((vec){0} + (x))

INLINE vec choose(mask which, vec yes, vec no)
{
  return (vec)((which & (mask)yes) | (~which & (mask)no));
}

#define LANE_BY_LANE(name)                      \
  INLINE vec vec_##name(vec x)                  \
  {                                             \
    vec y;                                      \
    for (int l = 0; l < LANES; ++l)             \
      y[l] = name(x[l]);                        \
    return y;                                   \
  }
LANE_BY_LANE(sqrt)
LANE_BY_LANE(fabs)
LANE_BY_LANE(tan)
LANE_BY_LANE(acos)
LANE_BY_LANE(asin)
LANE_BY_LANE(atan)
LANE_BY_LANE(cosh)
LANE_BY_LANE(sinh)
LANE_BY_LANE(tanh)

/* Compilers make one instruction of these loops. */
#define EXTREME(name, order)                    \
  INLINE vec vec_##name(vec a, vec b)           \
  {                                             \
    vec y;                                      \
    for (int l = 0; l < LANES; ++l)             \
      y[l] = a[l] order b[l] ? a[l] : b[l];     \
    return y;                                   \
  }
EXTREME(fmin, <)
EXTREME(fmax, >)

INLINE vec vec_power(vec x, int n)
{
  vec y = VEC(1.0);
  for (int k = 0; k < (n < 0 ? -n : n); ++k)
    y *= x;
  return n < 0 ? 1.0 / y : y;
}

/* The vector functions of the GNU C library, by their names in its binary interface. */
#if defined(LIBMVEC) && defined(__x86_64__) && LANES == 4 && defined(__AVX2__)
#define IN_LIBRARY(name) _ZGVdN4v_##name
#define IN_LIBRARY_OF_TWO(name) _ZGVdN4vv_##name
#elif defined(LIBMVEC) && defined(__x86_64__) && LANES == 2
#define IN_LIBRARY(name) _ZGVbN2v_##name
#define IN_LIBRARY_OF_TWO(name) _ZGVbN2vv_##name
#endif

#ifdef IN_LIBRARY
#define BY_LIBRARY(name)            \
  extern vec IN_LIBRARY(name)(vec); \
  INLINE vec vec_##name(vec x) { return IN_LIBRARY(name)(x); }
BY_LIBRARY(exp)
BY_LIBRARY(log)
BY_LIBRARY(sin)
BY_LIBRARY(cos)
extern vec IN_LIBRARY_OF_TWO(pow)(vec, vec);
INLINE vec vec_pow(vec x, vec y) { return IN_LIBRARY_OF_TWO(pow)(x, y); }
#else
LANE_BY_LANE(exp)
LANE_BY_LANE(log)
LANE_BY_LANE(sin)
LANE_BY_LANE(cos)
INLINE vec vec_pow(vec x, vec y)
{
  vec z;
  for (int l = 0; l < LANES; ++l)
    z[l] = pow(x[l], y[l]);
  return z;
}
#endif

/* Entities of a mesh that are integrated over; local is that of a facet in its cell. */
struct entities
{
  int64_t count;
  const int32_t* cells;
  int32_t local;
  const int32_t* vertices; /* of each cell */
  const double* x;         /* three coordinates of each vertex */
};

/* Values of a form's constants and coefficients, and the dofs of each coefficient by cell. */
struct data
{
  const double* constants;
  const double* const* values;
  const int32_t* const* dofs;
};

INLINE void gather_points(vec* restrict points, const struct entities* e, const int32_t* cell,
                          int vertices)
{
  for (int v = 0; v < vertices; ++v)
  {
    for (int l = 0; l < LANES; ++l)
    {
      const double* x = e->x + 3 * (int64_t)e->vertices[(int64_t)cell[l] * vertices + v];
      points[3 * v][l] = x[0];
      points[3 * v + 1][l] = x[1];
      points[3 * v + 2][l] = x[2];
    }
  }
}

INLINE void gather(vec* restrict w, const double* restrict values, const int32_t* restrict dofs,
                   const int32_t* cell, int nodes, int block)
{
  for (int i = 0; i < nodes; ++i)
    for (int l = 0; l < LANES; ++l)
    {
      const double* v = values + (int64_t)block * dofs[(int64_t)cell[l] * nodes + i];
      for (int k = 0; k < block; ++k)
        w[i * block + k][l] = v[k];
    }
}

/* Cells of the next LANES entities; the last one fills up, and what it gives again is not added. */
INLINE int batch(int32_t* cell, const struct entities* e, int64_t first)
{
  int64_t left = e->count - first;
  for (int l = 0; l < LANES; ++l)
    cell[l] = e->cells[l < left ? first + l : e->count - 1];
  return left < LANES ? (int)left : LANES;
}
