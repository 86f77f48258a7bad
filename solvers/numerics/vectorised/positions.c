/* Places of a form's entries in the storage of a sparse matrix: found once, used at each assembly. */
#include <stdint.h>

typedef PETSC_INT number;

/* Columns of each row in ascending order; the values of its first entry are at offset. */
struct part
{
  const number* starts;
  const number* columns;
  int64_t offset;
};

/* Number of an entry whose columns go on for a breadth, or -1. */
static int64_t search(const struct part* part, int64_t row, int64_t column, int64_t breadth)
{
  int64_t low = part->starts[row], end = part->starts[row + 1], high = end;
  while (low < high)
  {
    int64_t middle = low + (high - low) / 2;
    if (part->columns[middle] < column)
      low = middle + 1;
    else
      high = middle;
  }
  if (low + breadth > end || part->columns[low] != column
      || part->columns[low + breadth - 1] != column + breadth - 1)
    return -1;
  return low;
}

/* Writes the place of each run of entries, in the order (entity, node, row of node, column node);
   -1 where the row is not stored. Returns how many are missing from the pattern. */
__attribute__((visibility("default"))) int64_t
find_places(int64_t count, const int32_t* cells, const int32_t* row_nodes, int64_t rows,
            int64_t height, const int64_t* row_of, const int32_t* column_nodes, int64_t columns,
            int64_t breadth, const int64_t* column_of, const struct part* parts, int64_t own_columns,
            int64_t values, int32_t* out)
{
  int64_t missing = 0;
  for (int64_t e = 0; e < count; ++e)
    for (int64_t i = 0; i < rows; ++i)
    {
      int64_t row = row_of[row_nodes[cells[e] * rows + i]];
      for (int64_t a = 0; a < height; ++a)
        for (int64_t j = 0; j < columns; ++j, ++out)
        {
          int64_t column = column_of[column_nodes[cells[e] * columns + j]], found = -1;
          *out = -1;
          if (row < 0)
            continue;
          int outer = column >= own_columns;
          if (column >= 0)
            found = search(parts + outer, row + a, column - outer * own_columns, breadth);
          if (found < 0)
            ++missing;
          else
            *out = (int32_t)(parts[outer].offset + found * values);
        }
    }
  return missing;
}
