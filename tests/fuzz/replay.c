/* Runs a fuzz target on files, with any compiler: the corpus, or an input that once failed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int main(int argc, char **argv) {
    enum { MOST = 1 << 20 };
    uint8_t *bytes = malloc(MOST);
    for (int i = 1; bytes && i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        if (!in) {
            perror(argv[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, MOST, in));
        fclose(in);
    }
    free(bytes);
    printf("%d inputs\n", argc - 1);
    return bytes && argc > 1 ? 0 : 1;
}
