// Each call of Connector/C's non-blocking API runs until it has to wait for the socket; then it
// says for what, and is continued when that has come. The library keeps the suspended call in the
// MYSQL.
#include "common/node/dialogue.hpp"

#include <mysql.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <utility>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Connector/C's own errors; everything else came from the server.
constexpr unsigned cr_first = 2000;
constexpr unsigned cr_last = 2999;
constexpr unsigned cer_first = 5000;
constexpr unsigned cer_last = 5999;
constexpr unsigned cr_out_of_memory = 2008;
constexpr unsigned cr_malformed_packet = 2027;

constexpr std::size_t rows_max = 4096;

/// A suspended call has a stack of its own; only the pages that it touches take memory.
constexpr std::size_t call_stack_bytes = std::size_t{256} * 1024;

/// Once per process, by the thread that comes first.
bool library_is_ready() {
    static const bool ready = ::mysql_server_init(0, nullptr, nullptr) == 0;
    return ready;
}

struct ConnectionCloser {
    // Also with a call suspended: it is dropped with its stack.
    void operator()(MYSQL* connection) const { ::mysql_close(connection); }
};
struct ResultFreer {
    void operator()(MYSQL_RES* result) const { ::mysql_free_result(result); }
};
using StoredResult = std::unique_ptr<MYSQL_RES, ResultFreer>;

short poll_events_of(int wanted) {
    const auto bit = [wanted](int flag, int event) { return (wanted & flag) != 0 ? event : 0; };
    return static_cast<short>(bit(MYSQL_WAIT_READ, POLLIN) | bit(MYSQL_WAIT_WRITE, POLLOUT) |
                              bit(MYSQL_WAIT_EXCEPT, POLLPRI));
}

/// A broken socket counts as what is waited for: the call finds out itself.
int wait_flags_of(short events, int wanted) {
    if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
        return wanted & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE | MYSQL_WAIT_EXCEPT);
    const auto bit = [events](int event, int flag) { return (events & event) != 0 ? flag : 0; };
    return bit(POLLIN, MYSQL_WAIT_READ) | bit(POLLOUT, MYSQL_WAIT_WRITE) |
           bit(POLLPRI, MYSQL_WAIT_EXCEPT);
}

SqlRow row_of(MYSQL_RES& result, MYSQL_ROW values) {
    SqlRow row(::mysql_num_fields(&result));
    const unsigned long* lengths = ::mysql_fetch_lengths(&result);
    for (std::size_t column = 0; column < row.size(); ++column)
        if (values[column] != nullptr)
            row[column].emplace(values[column], lengths[column]);
    return row;
}

} // namespace

struct Dialogue::Impl {
    /// The call that is under way.
    enum class Call : std::uint8_t { none, connect, query, store_result, next_result };

    std::string socket;
    std::string user;
    std::unique_ptr<MYSQL, ConnectionCloser> mysql;
    std::string_view statements;

    Call call{Call::none};
    int wanted{0}; // what a suspended call waits for: MYSQL_WAIT_*; 0: it has returned
    // What the calls return.
    MYSQL* connected{nullptr};
    MYSQL_RES* stored{nullptr};
    int returned{0};

    std::vector<SqlRows> answers;
    bool failed{false};
    unsigned error_number{0};
    std::string error_text;

    void fail(unsigned number, std::string text) {
        failed = true;
        error_number = number;
        error_text = std::move(text);
        call = Call::none;
    }
    void fail_as_library_says() { fail(::mysql_errno(mysql.get()), ::mysql_error(mysql.get())); }

    void connect();
    void start(Call next);
    void resume(int ready);
    void finish();
    void keep_rows(StoredResult result);
    [[nodiscard]] int wait(steady_clock::time_point deadline) const;
};

void Dialogue::Impl::connect() {
    if (!library_is_ready()) {
        fail(cr_out_of_memory, "MariaDB Connector/C cannot be initialised");
        return;
    }
    mysql.reset(::mysql_init(nullptr));
    if (!mysql) {
        fail(cr_out_of_memory, "MariaDB Connector/C has no memory for a connection");
        return;
    }
    const unsigned never = 0;
    const my_bool off = 0;
    ::mysql_optionsv(mysql.get(), MYSQL_OPT_NONBLOCK, &call_stack_bytes);
    ::mysql_optionsv(mysql.get(), MYSQL_OPT_RECONNECT, &off);
    ::mysql_optionsv(mysql.get(), MYSQL_OPT_LOCAL_INFILE, &never);
    ::mysql_optionsv(mysql.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    start(Call::connect);
}

void Dialogue::Impl::start(Call next) {
    call = next;
    switch (call) {
    case Call::connect:
        wanted = ::mysql_real_connect_start(&connected, mysql.get(), nullptr, user.c_str(), nullptr,
                                            nullptr, 0, socket.c_str(), CLIENT_MULTI_STATEMENTS);
        break;
    case Call::query:
        wanted =
            ::mysql_real_query_start(&returned, mysql.get(), statements.data(), statements.size());
        break;
    case Call::store_result:
        wanted = ::mysql_store_result_start(&stored, mysql.get());
        break;
    case Call::next_result:
        wanted = ::mysql_next_result_start(&returned, mysql.get());
        break;
    case Call::none:
        wanted = 0;
        break;
    }
}

void Dialogue::Impl::resume(int ready) {
    switch (call) {
    case Call::connect:
        wanted = ::mysql_real_connect_cont(&connected, mysql.get(), ready);
        break;
    case Call::query:
        wanted = ::mysql_real_query_cont(&returned, mysql.get(), ready);
        break;
    case Call::store_result:
        wanted = ::mysql_store_result_cont(&stored, mysql.get(), ready);
        break;
    case Call::next_result:
        wanted = ::mysql_next_result_cont(&returned, mysql.get(), ready);
        break;
    case Call::none:
        break;
    }
}

/// The call has returned: what follows.
void Dialogue::Impl::finish() {
    switch (call) {
    case Call::connect:
        call = Call::none;
        if (connected == nullptr)
            fail_as_library_says();
        break;
    case Call::query:
        if (returned != 0)
            fail_as_library_says();
        else
            start(Call::store_result);
        break;
    case Call::store_result:
        keep_rows(StoredResult{std::exchange(stored, nullptr)});
        break;
    case Call::next_result: // 0: there is one, -1: that was all
        if (returned > 0)
            fail_as_library_says();
        else
            start(returned == 0 ? Call::store_result : Call::none);
        break;
    case Call::none:
        break;
    }
}

void Dialogue::Impl::keep_rows(StoredResult result) {
    SqlRows rows;
    if (!result && (::mysql_field_count(mysql.get()) != 0 || ::mysql_errno(mysql.get()) != 0)) {
        fail_as_library_says();
        return;
    } // else, without a result: a statement that yields no rows
    while (MYSQL_ROW values = result ? ::mysql_fetch_row(result.get()) : nullptr) {
        if (rows.size() == rows_max) {
            fail(cr_malformed_packet,
                 "the server sent more than " + std::to_string(rows_max) + " rows");
            return;
        }
        rows.push_back(row_of(*result, values));
    }
    answers.push_back(std::move(rows));
    start(Call::next_result);
}

/// What the suspended call waits for and has come; 0: nothing by then.
int Dialogue::Impl::wait(steady_clock::time_point deadline) const {
    pollfd socket_of_call{
        .fd = ::mysql_get_socket(mysql.get()), .events = poll_events_of(wanted), .revents = 0};
    int ready{0};
    do {
        const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
        ready =
            ::poll(&socket_of_call, 1, static_cast<int>(std::max(left, milliseconds{0}).count()));
    } while (ready < 0 && errno == EINTR);
    return ready > 0 ? wait_flags_of(socket_of_call.revents, wanted) : 0;
}

Dialogue::Dialogue(std::string socket, std::string user) : impl_{std::make_unique<Impl>()} {
    impl_->socket = std::move(socket);
    impl_->user = std::move(user);
    impl_->connect();
}
Dialogue::~Dialogue() = default;

void Dialogue::ask(std::string_view statements) {
    impl_->statements = statements;
    impl_->answers.clear();
    impl_->failed = false;
    impl_->start(Impl::Call::query);
}

Dialogue::Progress Dialogue::go_on(steady_clock::time_point deadline) {
    while (impl_->call != Impl::Call::none) {
        if (impl_->wanted == 0) {
            impl_->finish();
            continue;
        }
        const int ready = impl_->wait(deadline);
        if (ready == 0)
            return Progress::waiting;
        impl_->resume(ready);
    }
    return impl_->failed ? Progress::failed : Progress::done;
}

const std::vector<SqlRows>& Dialogue::answers() const {
    return impl_->answers;
}
unsigned Dialogue::error_number() const {
    return impl_->error_number;
}
const std::string& Dialogue::error_text() const {
    return impl_->error_text;
}
bool Dialogue::is_servers_error() const {
    const auto lies_in = [this](unsigned first, unsigned last) {
        return impl_->error_number >= first && impl_->error_number <= last;
    };
    return impl_->failed && impl_->error_number != 0 && !lies_in(cr_first, cr_last) &&
           !lies_in(cer_first, cer_last);
}

} // namespace galera::node
