/* Images and labels, in this order: the first byte is the size of the labels, the second says what is asked of them. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const asked[] = {"", ", n=2, noise=0.5", ", classes=\"0,2-3\"",
                                        ", n=1, seed=9"};
    char call[128];
    if (n < 2 || bytes[0] > n - 2)
        return 0;
    size_t labels = bytes[0], images = n - 2 - labels;
    int i = open_bytes(bytes + 2, images), l = open_bytes(bytes + 2 + images, labels);
    snprintf(call, sizeof call, "idx(/proc/self/fd/%d, /proc/self/fd/%d%s)", i, l,
             asked[bytes[1] % 4]);
    try_call(call);
    close(i);
    close(l);
    return 0;
}
