/* A table; the first byte says how it is read. */
#include "dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const asked[] = {"",
                                        ", delimiter=space",
                                        ", delimiter=tab, header=true",
                                        ", delimiter=semicolon, header=false",
                                        ", target=1",
                                        ", target=\"1,x\"",
                                        ", label=1, header=false",
                                        ", delimiter=bar"};
    char call[128];
    if (n < 1)
        return 0;
    snprintf(call, sizeof call, "csv(%s%s)", file_of(bytes + 1, n - 1), asked[bytes[0] % 8]);
    build_dataset(call);
    return 0;
}
