/* A table; the first byte says how it is read. */
#include "fuzz.h"

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
    int fd = open_bytes(bytes + 1, n - 1);
    snprintf(call, sizeof call, "csv(/proc/self/fd/%d%s)", fd, asked[bytes[0] % 8]);
    try_call(call);
    close(fd);
    return 0;
}
