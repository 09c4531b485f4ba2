/* Datasets: inputs and class labels, made from call notation.
 *
 *     #include <initlab.h>
 *     int main(void) {
 *         il_error err;
 *         il_call call;
 *         il_dataset *xor = NULL;
 *         if (il_call_parse(&il_datasets, "xor(inputs=pm1)", NULL, &call, &err) == IL_OK)
 *             il_dataset_new(&call, &xor, &err);
 *         size_t n = xor ? xor->n : 0;
 *         il_dataset_free(xor);
 *         return n != 4;
 *     }
 */
#ifndef INITLAB_DATA_H
#define INITLAB_DATA_H

#include "expr.h"
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

extern const il_family il_datasets; /* and or xor parity spirals blobs */

typedef struct il_dataset {
    size_t n;        /* samples */
    size_t inputs;   /* features of a sample */
    size_t classes;  /* labels are 0 … classes - 1 */
    il_real *X;      /* [n][inputs] */
    uint32_t *label; /* [n] */
} il_dataset;

il_status il_dataset_new(const il_call *call, il_dataset **out, il_error *err);
void il_dataset_free(il_dataset *data);

/* Targets Y [n][outputs] for a network with that many outputs: the label itself (0 or 1) for one
 * output and two classes, one-hot when outputs equals classes. Anything else is IL_INVALID. */
il_status il_dataset_targets(const il_dataset *data, size_t outputs, il_real *Y, il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
