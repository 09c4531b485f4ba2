/* Images and labels, in this order: the first byte is the size of the labels, the second says what is asked of them. */
#include "dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const asked[] = {"", ", n=2, noise=0.5", ", classes=\"0,2-3\"",
                                        ", n=1, seed=9"};
    char call[128];
    if (n < 2 || bytes[0] > n - 2)
        return 0;
    size_t labels = bytes[0], images = n - 2 - labels;
    int l = memfd_create("labels", 0);
    demand(l >= 0 && write(l, bytes + 2 + images, labels) == (ssize_t)labels);
    snprintf(call, sizeof call, "idx(%s, /proc/self/fd/%d%s)", file_of(bytes + 2, images), l,
             asked[bytes[1] % 4]);
    build_dataset(call);
    close(l);
    return 0;
}
