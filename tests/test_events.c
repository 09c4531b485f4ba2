/* Event files, byte for byte as TensorBoard's own writer makes them, and their checksum. */
#include "cmocka_all.h"

#include "golden/events.h"
#include "io/crc32c.h"
#include "report/events.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* RFC 3720, appendix B.4; the last is the check value of the catalogue of parametrised CRCs. */
static void checksums_are_the_published_ones(void **state) {
    (void)state;
    unsigned char bytes[32], down[32];
    static const unsigned char read_command[48] = {
        0x01, 0xc0, 0, 0, 0, 0, 0,    0, 0,    0, 0, 0,    0, 0, 0, 0,
        0x14, 0,    0, 0, 0, 0, 0x04, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
        0x28, 0,    0, 0, 0, 0, 0,    0, 0x02, 0, 0, 0,    0, 0, 0, 0};
    for (size_t i = 0; i < 32; i++) {
        bytes[i] = (unsigned char)i;
        down[i] = (unsigned char)(31 - i);
    }
    assert_int_equal(il_crc32c(bytes, 32), 0x46dd794e);
    assert_int_equal(il_crc32c(down, 32), 0x113fdb5c);
    assert_int_equal(il_crc32c(memset(bytes, 0, 32), 32), 0x8a9136aa);
    assert_int_equal(il_crc32c(memset(bytes, 0xff, 32), 32), 0x62a8ab43);
    assert_int_equal(il_crc32c(read_command, 48), 0xd9963a56);
    assert_int_equal(il_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(il_crc32c("", 0), 0);
}

/* As EVENTS in golden/events.py. */
static void events_are_those_of_tensorboard(void **state) {
    (void)state;
    char *bytes;
    size_t n;
    FILE *out = open_memstream(&bytes, &n);
    assert_non_null(out);
    il_events_begin(0, out);
    il_events_scalars(0, 0, (const il_scalar[]){{"loss/train", 0.6931472f}, {"accuracy/train", 0}},
                      2, out);
    il_events_scalars(1, 1, (const il_scalar[]){{"loss/train", 1e30f}, {"layer1/a_rms", -1.5e-9f}},
                      2, out);
    il_events_scalars(300, 300, (const il_scalar[]){{"loss/train", INFINITY}}, 1, out);
    il_events_scalars(4e9, 4000000000, (const il_scalar[]){{"layer12/update_ratio", 0.001f}}, 1,
                      out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(n, sizeof golden_events);
    assert_memory_equal(bytes, golden_events, n);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_the_published_ones),
        cmocka_unit_test(events_are_those_of_tensorboard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
