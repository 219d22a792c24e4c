#include "common/node/server_session.hpp"

#include "common/galera/view_rows.hpp"
#include "common/node/dialogue.hpp"

#include <algorithm>
#include <array>
#include <pwd.h>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Of the server's errors, those that a person can do something about by another word than its own.
constexpr unsigned er_too_many_connections = 1040;
constexpr unsigned er_too_many_user_connections = 1203;
constexpr unsigned er_user_limit_reached = 1226;
constexpr unsigned er_access_denied = 1045;
constexpr unsigned er_access_denied_no_password = 1698;
constexpr unsigned er_table_access_denied = 1142;
// With these it takes leave of a connection.
constexpr unsigned er_server_shutdown = 1053;
constexpr unsigned er_connection_killed = 1927;
constexpr unsigned er_idle_too_long = 4031; // MySQL
// A server that never was in a cluster, or has Galera 3, lacks the tables of the view.
constexpr unsigned er_bad_database = 1049;
constexpr unsigned er_no_such_table = 1146;

/// How long a look lasts at a server that has not answered for a while.
constexpr milliseconds glance{20};

// The settings of a session in which a node answers also when it is outside a Primary component,
// waits for no other node nor for a locked table, and reads the two tables of a view as of one
// moment.
constexpr std::string_view session_statements =
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
    "SET SESSION wsrep_dirty_reads=ON, SESSION wsrep_sync_wait=0, SESSION lock_wait_timeout=1";

// In one round trip. The view is the last, right behind the position: a view that is behind its
// position would look like one that was missed.
constexpr std::string_view status_statements =
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'wsrep_desync',"
    " 'wsrep_provider_options', 'innodb_flush_log_at_trx_commit');"
    "SHOW GLOBAL STATUS LIKE 'Uptime';"
    "SHOW GLOBAL STATUS LIKE 'wsrep\\_%';";
constexpr std::size_t answers_of_status = 3;

constexpr std::string_view restore_statement =
    "SET GLOBAL wsrep_provider_options='pc.bootstrap=YES'";

std::string sample_statements() {
    return std::string{status_statements} + std::string{view_statement};
}

Result<std::string> own_user_name() {
    std::array<char, 16384> buffer{};
    struct passwd account {};
    struct passwd* found = nullptr;
    const int error = ::getpwuid_r(::geteuid(), &account, buffer.data(), buffer.size(), &found);
    if (error != 0 || found == nullptr)
        return failure("user id " + std::to_string(::geteuid()) +
                       " has no account; set mysql-user");
    return std::string{account.pw_name};
}

bool ends_connection(const Dialogue& failed) {
    constexpr std::array farewells{er_server_shutdown, er_connection_killed, er_idle_too_long};
    return !failed.is_servers_error() ||
           std::ranges::find(farewells, failed.error_number()) != farewells.end();
}

ServerConnection connection_of(const Dialogue& failed) {
    switch (failed.error_number()) {
    case er_too_many_connections:
    case er_too_many_user_connections:
    case er_user_limit_reached:
        return ServerConnection::too_many_connections;
    case er_access_denied:
    case er_access_denied_no_password:
        return ServerConnection::access_denied;
    default:
        return ends_connection(failed) ? ServerConnection::no_answer : ServerConnection::refused;
    }
}

/// With what to do.
std::string text_of(const Dialogue& failed, const std::string& user) {
    switch (connection_of(failed)) {
    case ServerConnection::too_many_connections:
        return failed.error_text() +
               "; it has no connection left for us: raise max_connections, or end some";
    case ServerConnection::access_denied:
        return failed.error_text() + "; create the user '" + user +
               "'@'localhost' identified via unix_socket and run this program as that OS user, "
               "or set mysql-user";
    case ServerConnection::no_answer:
        return "the server does not answer: " + failed.error_text();
    default:
        return failed.error_text();
    }
}

ServerVariables variables_of(const std::vector<SqlRows>& answers) {
    ServerVariables variables;
    for (const auto& rows : answers)
        for (const auto& row : rows)
            if (row.size() == 2 && row[0] && row[1])
                variables.insert_or_assign(*row[0], *row[1]);
    return variables;
}

/// Whether the position was read before the view was applied that was read right after it.
bool applied_a_view_meanwhile(const ServerSample& sample) {
    const auto& position = sample.status.position;
    return position && *position && sample.applied_view && *sample.applied_view &&
           (*sample.applied_view)->history == (*position)->history &&
           (*sample.applied_view)->seqno > (*position)->seqno;
}

} // namespace

struct ServerSession::Impl {
    explicit Impl(SessionOptions given) : options{std::move(given)} {}

    enum class Stage : std::uint8_t { connecting, preparing, idle, asking };

    SessionOptions options;
    const std::string sample_question{sample_statements()};
    std::string user;
    std::unique_ptr<Dialogue> dialogue; // null: not connected
    Stage stage{Stage::connecting};
    bool overdue{false}; // it has let a whole patience pass
    steady_clock::time_point deadline;

    tl::expected<void, NoSample> open();
    tl::expected<void, NoSample> await();
    tl::expected<void, NoSample> become_idle();
    tl::expected<void, NoSample> ask(std::string_view statements);
    tl::expected<void, NoSample> ask_once(std::string_view statements);
    tl::expected<ServerSample, NoSample> read_sample();
    Result<std::optional<View>> read_view(std::size_t answers_before);

    [[nodiscard]] Error at_socket(std::string text) const {
        return Error{std::move(text)}.at(options.socket.string());
    }
    [[nodiscard]] tl::unexpected<NoSample> refused(std::string text) const {
        return tl::make_unexpected(NoSample{ServerConnection::refused, at_socket(std::move(text))});
    }
    void begin_look() { deadline = steady_clock::now() + (overdue ? glance : options.patience); }
    void has_answered() {
        if (overdue)
            deadline = steady_clock::now() + options.patience;
        overdue = false;
    }
    void disconnect() {
        dialogue.reset();
        stage = Stage::connecting;
        overdue = false;
    }
};

tl::expected<void, NoSample> ServerSession::Impl::open() {
    user = options.user;
    if (user.empty()) {
        auto own = own_user_name();
        if (!own)
            return refused(own.error().text);
        user = *std::move(own);
    }
    dialogue = std::make_unique<Dialogue>(options.socket.string(), user);
    stage = Stage::connecting;
    return {};
}

/// The end of what is under way. A statement that the server refused is an answer too.
tl::expected<void, NoSample> ServerSession::Impl::await() {
    const auto progress = dialogue->go_on(deadline);
    if (progress == Dialogue::Progress::waiting) {
        overdue = true;
        return tl::make_unexpected(NoSample{
            ServerConnection::no_answer,
            at_socket("the server does not answer within " +
                      std::to_string(options.patience.count()) +
                      " ms: is it stopped, or does its disk hang? Its error log may tell")});
    }
    if (progress == Dialogue::Progress::failed &&
        (stage != Stage::asking || ends_connection(*dialogue))) {
        NoSample why{connection_of(*dialogue), at_socket(text_of(*dialogue, user))};
        disconnect();
        return tl::make_unexpected(std::move(why));
    }
    has_answered();
    return {};
}

/// Connected, and nothing under way.
tl::expected<void, NoSample> ServerSession::Impl::become_idle() {
    if (!dialogue)
        if (auto opened = open(); !opened)
            return opened;
    while (stage != Stage::idle) {
        if (auto ended = await(); !ended)
            return ended;
        if (stage == Stage::connecting)
            dialogue->ask(session_statements);
        stage = stage == Stage::connecting ? Stage::preparing : Stage::idle;
    }
    return {};
}

tl::expected<void, NoSample> ServerSession::Impl::ask_once(std::string_view statements) {
    if (auto idle = become_idle(); !idle)
        return idle;
    dialogue->ask(statements);
    stage = Stage::asking;
    if (auto ended = await(); !ended)
        return ended;
    stage = Stage::idle;
    return {};
}

/// A kept connection may have been dropped since it was used last: that says nothing of the server.
tl::expected<void, NoSample> ServerSession::Impl::ask(std::string_view statements) {
    const bool kept = dialogue != nullptr && stage == Stage::idle;
    auto asked = ask_once(statements);
    const bool dropped = kept && !dialogue;
    return !asked && dropped ? ask_once(statements) : asked;
}

/// Its rows are the answer behind those before.
Result<std::optional<View>> ServerSession::Impl::read_view(std::size_t answers_before) {
    const auto& answers = dialogue->answers();
    if (answers.size() > answers_before)
        return view_of(answers[answers_before]);
    switch (dialogue->error_number()) {
    case er_no_such_table:
    case er_bad_database:
        return std::optional<View>{};
    case er_table_access_denied:
        return failure(
            dialogue->error_text() +
            "; grant SELECT on mysql.wsrep_cluster and mysql.wsrep_cluster_members to '" + user +
            "'@'localhost'");
    default:
        return failure(dialogue->error_text());
    }
}

tl::expected<ServerSample, NoSample> ServerSession::Impl::read_sample() {
    const auto& answers = dialogue->answers();
    if (answers.size() < answers_of_status)
        return refused(dialogue->error_text());
    auto status =
        read_server_status(variables_of({answers.begin(), answers.begin() + answers_of_status}));
    if (!status)
        return refused(status.error().text);
    if (!status->position)
        status->position = failure(at_socket(status->position.error().text));
    auto view = read_view(answers_of_status);
    if (!view)
        view = failure(at_socket(view.error().text));
    return ServerSample{*std::move(status), std::move(view)};
}

ServerSession::ServerSession(SessionOptions options)
    : impl_{std::make_unique<Impl>(std::move(options))} {}
ServerSession::~ServerSession() = default;

tl::expected<ServerSample, NoSample> ServerSession::sample() {
    impl_->begin_look();
    // Twice at most: where a view came in between, the second time shows both.
    for (bool again = false;; again = true) {
        if (auto asked = impl_->ask(impl_->sample_question); !asked)
            return tl::make_unexpected(asked.error());
        auto sample = impl_->read_sample();
        if (!sample || again || !applied_a_view_meanwhile(*sample))
            return sample;
    }
}

tl::expected<std::optional<View>, NoSample> ServerSession::applied_view() {
    impl_->begin_look();
    if (auto asked = impl_->ask(view_statement); !asked)
        return tl::make_unexpected(asked.error());
    auto view = impl_->read_view(0);
    if (!view)
        return impl_->refused(view.error().text);
    return *std::move(view);
}

tl::expected<void, NoSample> ServerSession::restore_primary() {
    impl_->begin_look();
    if (auto asked = impl_->ask(restore_statement); !asked)
        return asked;
    if (impl_->dialogue->answers().empty())
        return impl_->refused(impl_->dialogue->error_text());
    return {};
}

void ServerSession::disconnect() {
    impl_->disconnect();
}

} // namespace galera::node
