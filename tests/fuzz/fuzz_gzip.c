#include "fuzz.h"

#include "io/file.h"

/* The same bytes at once and in small pieces, and the same verdict. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const il_file_kind kind = {"dataset", 1 << 18, true};
    const char *path = file_of(bytes, n);
    il_error err;
    il_file *file;
    char *text, piece[997];
    size_t size, used = 0, got = 1;
    il_status whole = il_file_load(path, &kind, &text, &size, &err);
    if (il_file_open(path, &kind, &file, &err) != IL_OK)
        abort();
    il_status status = IL_OK;
    while (status == IL_OK && got) {
        status = il_file_read(file, piece, sizeof piece, &got, &err);
        for (size_t i = 0; i < got && whole == IL_OK && status == IL_OK; i++)
            if (used + i >= size || text[used + i] != piece[i])
                abort();
        used += got;
    }
    if (status != whole || (status == IL_OK && used != size))
        abort();
    il_file_close(file);
    free(text);
    return 0;
}
