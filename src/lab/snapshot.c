/* One replica's numbers, side by side. */
#include "initlab/store.h"

#include <math.h>

size_t il_snapshot_size(const il_network *net) {
    return il_network_size(net) + il_network_running_size(net);
}

void il_snapshot_take(il_network *net, size_t replica, float *snapshot) {
    size_t R = il_network_replicas(net), n = il_network_size(net), all = il_snapshot_size(net);
    const il_real *parameters = il_network_parameters(net), *running = il_network_running(net);
    for (size_t i = 0; i < all; i++) {
        il_real value = i < n ? parameters[i * R + replica] : running[(i - n) * R + replica];
        snapshot[i] = isnan(value) ? NAN : (float)value; /* one NaN for all processors */
    }
}

void il_snapshot_put(const float *snapshot, il_network *net, size_t replica) {
    size_t R = il_network_replicas(net), n = il_network_size(net), all = il_snapshot_size(net);
    il_real *parameters = il_network_parameters(net), *running = il_network_running(net);
    for (size_t i = 0; i < all; i++)
        *(i < n ? &parameters[i * R + replica] : &running[(i - n) * R + replica]) =
            (il_real)snapshot[i];
}
