/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/message.h"

#include "tests/support/near.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void open_pair(int ends[static 2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static void test_what_is_put_in_comes_out(void **state)
{
    static const unsigned char bytes[] = {0, 255, 0, 7};
    (void)state;
    int ends[2];
    struct message sent = {0}, received = {0};
    open_pair(ends);
    for (int round = 0; round < 3; round++) { /* room is used again */
        message_start(&sent, MESSAGE_CHUNK);
        message_put_number(&sent, UINT64_MAX - (uint64_t)round);
        message_put_text(&sent, "Dose in \xc2\xb5g");
        message_put_text(&sent, "");
        message_put_bytes(&sent, bytes, sizeof bytes);
        message_put_bytes(&sent, NULL, 0);
        assert_int_equal(message_send(ends[0], &sent), 0);
        assert_int_equal(message_receive(ends[1], &received), 1);
        size_t n;
        assert_int_equal(received.kind, MESSAGE_CHUNK);
        assert_true(message_take_number(&received) == UINT64_MAX - (uint64_t)round);
        assert_string_equal(message_take_text(&received), "Dose in \xc2\xb5g");
        assert_string_equal(message_take_text(&received), "");
        assert_memory_equal(message_take_bytes(&received, &n), bytes, sizeof bytes);
        assert_int_equal(n, sizeof bytes);
        message_take_bytes(&received, &n);
        assert_int_equal(n, 0);
        assert_false(received.broken);
    }
    close(ends[0]);
    assert_int_equal(message_receive(ends[1], &received), 0);
    close(ends[1]);
    message_free(&sent);
    message_free(&received);
}

static void test_more_than_there_is_makes_a_message_broken(void **state)
{
    (void)state;
    struct message message = {0};
    message_start(&message, MESSAGE_END);
    message_put_number(&message, 2385);
    assert_int_equal(message_take_number(&message), 2385);
    assert_false(message.broken);
    assert_int_equal(message_take_number(&message), 0);
    assert_true(message.broken);
    /* A length that lies. */
    message_start(&message, MESSAGE_END);
    message_put_number(&message, UINT64_MAX);
    assert_string_equal(message_take_text(&message), "");
    assert_true(message.broken);
    errno = 0;
    assert_int_equal(message_send(-1, &message), -1);
    assert_int_equal(errno, EPROTO);
    message_free(&message);
}

static void test_half_a_message_is_the_end(void **state)
{
    (void)state;
    struct message message = {0};
    for (size_t n = 1; n < 30; n += 7) {
        int ends[2];
        char bytes[40] = {0};
        const uint64_t length = 1000;
        memcpy(bytes + 8, &length, sizeof length);
        open_pair(ends);
        assert_int_equal(send(ends[0], bytes, n, 0), n);
        close(ends[0]);
        assert_int_equal(message_receive(ends[1], &message), 0);
        close(ends[1]);
    }
    message_free(&message);
}

static void test_nobody_reading_is_an_error_and_no_signal(void **state)
{
    (void)state;
    int ends[2];
    struct message message = {0};
    open_pair(ends);
    close(ends[1]);
    message_start(&message, MESSAGE_COMMIT);
    assert_int_equal(message_send(ends[0], &message), -1);
    assert_true(errno == EPIPE || errno == ECONNRESET);
    close(ends[0]);
    message_free(&message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_put_in_comes_out),
        cmocka_unit_test(test_more_than_there_is_makes_a_message_broken),
        cmocka_unit_test(test_half_a_message_is_the_end),
        cmocka_unit_test(test_nobody_reading_is_an_error_and_no_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
