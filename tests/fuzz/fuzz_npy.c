#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    read_tensors(bytes, n);
    return 0;
}
