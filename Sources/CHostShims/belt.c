#define _GNU_SOURCE
#include "sbx_thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct sbx_belt {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Blocks ever passed on and given back: those between them are full. */
    size_t passed;
    size_t given_back;
    size_t count;
    size_t block;
    /* Bytes in the block that is being filled, which only the filling thread looks at. */
    size_t filled;
    bool is_closed;
    size_t *lengths;
    unsigned char *blocks;
};

struct sbx_belt *sbx_belt_make(size_t count, size_t block) {
    struct sbx_belt *belt = calloc(1, sizeof *belt);
    if (belt == NULL) return NULL;
    belt->count = count;
    belt->block = block;
    belt->lengths = calloc(count, sizeof *belt->lengths);
    belt->blocks = malloc(count * block);
    if (belt->lengths == NULL || belt->blocks == NULL) {
        free(belt->lengths);
        free(belt->blocks);
        free(belt);
        return NULL;
    }
    pthread_mutex_init(&belt->mutex, NULL);
    pthread_cond_init(&belt->changed, NULL);
    return belt;
}

/* Passes on the block that is being filled, and waits until there is another. */
static void pass_on(struct sbx_belt *belt) {
    pthread_mutex_lock(&belt->mutex);
    belt->lengths[belt->passed % belt->count] = belt->filled;
    belt->passed++;
    belt->filled = 0;
    pthread_cond_signal(&belt->changed);
    while (belt->passed - belt->given_back == belt->count) pthread_cond_wait(&belt->changed, &belt->mutex);
    pthread_mutex_unlock(&belt->mutex);
}

void sbx_belt_put(struct sbx_belt *belt, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    while (count > 0) {
        size_t room = belt->block - belt->filled, part = count < room ? count : room;
        memcpy(belt->blocks + belt->passed % belt->count * belt->block + belt->filled, next, part);
        belt->filled += part;
        next += part;
        count -= part;
        if (belt->filled == belt->block) pass_on(belt);
    }
}

void sbx_belt_close(struct sbx_belt *belt) {
    if (belt->filled > 0) pass_on(belt);
    pthread_mutex_lock(&belt->mutex);
    belt->is_closed = true;
    pthread_cond_signal(&belt->changed);
    pthread_mutex_unlock(&belt->mutex);
}

size_t sbx_belt_take(struct sbx_belt *belt, const void **bytes) {
    pthread_mutex_lock(&belt->mutex);
    while (belt->passed == belt->given_back && !belt->is_closed) pthread_cond_wait(&belt->changed, &belt->mutex);
    size_t index = belt->given_back % belt->count;
    size_t length = belt->passed == belt->given_back ? 0 : belt->lengths[index];
    pthread_mutex_unlock(&belt->mutex);
    *bytes = belt->blocks + index * belt->block;
    return length;
}

void sbx_belt_give_back(struct sbx_belt *belt) {
    pthread_mutex_lock(&belt->mutex);
    belt->given_back++;
    pthread_cond_signal(&belt->changed);
    pthread_mutex_unlock(&belt->mutex);
}

void sbx_belt_free(struct sbx_belt *belt) {
    pthread_cond_destroy(&belt->changed);
    pthread_mutex_destroy(&belt->mutex);
    free(belt->lengths);
    free(belt->blocks);
    free(belt);
}
