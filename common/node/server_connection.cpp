// Asks a running server by SQL, through MariaDB Connector/C.
#include "common/node/server_connection.hpp"

#include "common/galera/server_options.hpp"
#include "common/node/file.hpp"

#include <mysql.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <map>
#include <pwd.h>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace galera::node {
namespace {

// Of the server's errors, those that a person can do something about by another word than its own.
constexpr unsigned er_no_such_table = 1146;
constexpr unsigned er_bad_database = 1049;
constexpr unsigned er_too_many_connections = 1040;
constexpr unsigned er_access_denied = 1045;
constexpr unsigned er_access_denied_no_password = 1698;
// Connector/C's own errors; everything else came from the server.
constexpr unsigned cr_first = 2000;
constexpr unsigned cr_last = 2999;
constexpr unsigned cer_first = 5000;
constexpr unsigned cer_last = 5999;

constexpr std::size_t rows_max = 4096;

/// A row: its columns, empty for NULL.
using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;
using Variables = std::map<std::string, std::string, std::less<>>;

// The settings of a session in which a node answers also when it is outside a Primary component,
// waits for no other node, and reads the two tables of a view as of one moment.
constexpr std::string_view session_statements =
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
    "SET SESSION wsrep_dirty_reads=ON, SESSION wsrep_sync_wait=0";

constexpr std::string_view sample_statements =
    "SHOW GLOBAL STATUS LIKE 'wsrep\\_%';"
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'wsrep_desync',"
    " 'wsrep_provider_options', 'innodb_flush_log_at_trx_commit')";

constexpr std::string_view view_statement =
    "SELECT c.cluster_uuid, c.view_id, c.view_seqno,"
    " m.node_uuid, m.node_name, m.node_incoming_address"
    " FROM mysql.wsrep_cluster c LEFT JOIN mysql.wsrep_cluster_members m"
    " ON m.cluster_uuid = c.cluster_uuid ORDER BY m.node_uuid";

unsigned whole_seconds(std::chrono::milliseconds timeout) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout).count();
    return static_cast<unsigned>(std::max<std::int64_t>(seconds, 1));
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

/// Once per process, by the thread that comes first.
bool library_is_ready() {
    static const bool ready = ::mysql_server_init(0, nullptr, nullptr) == 0;
    return ready;
}

struct ConnectionCloser {
    void operator()(MYSQL* connection) const { ::mysql_close(connection); }
};
struct ResultFreer {
    void operator()(MYSQL_RES* result) const { ::mysql_free_result(result); }
};

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

bool equal_words(std::string_view left, std::string_view right) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::string_view> find(const Variables& variables, std::string_view name) {
    const auto found = variables.find(name);
    if (found == variables.end())
        return std::nullopt;
    return found->second;
}

template <typename Number>
std::optional<Number> find_number(const Variables& variables, std::string_view name) {
    const auto text = find(variables, name);
    return text ? number_of<Number>(*text) : std::nullopt;
}

/// A small number for which the server writes the largest one of 32 or 64 bits where there is none.
std::optional<std::uint64_t> find_number_or_none(const Variables& variables,
                                                 std::string_view name) {
    const auto number = find_number<std::uint64_t>(variables, name);
    if (number && *number >= std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return number;
}

std::optional<bool> find_switch(const Variables& variables, std::string_view name) {
    const auto text = find(variables, name);
    if (!text)
        return std::nullopt;
    return !equal_words(*text, "OFF") && *text != "0";
}

ClusterStatus cluster_status_of(std::string_view word) {
    if (equal_words(word, "Primary"))
        return ClusterStatus::primary;
    if (equal_words(word, "non-Primary"))
        return ClusterStatus::non_primary;
    if (equal_words(word, "Disconnected"))
        return ClusterStatus::disconnected;
    return ClusterStatus::unknown;
}

NodeState node_state_of(std::optional<std::uint32_t> number) {
    constexpr std::array states = {NodeState::initialized, NodeState::joining, NodeState::donor,
                                   NodeState::joined,      NodeState::synced,  NodeState::error};
    return number && *number < states.size() ? states[*number] : NodeState::unknown;
}

ClusterReport cluster_report_of(const Variables& variables) {
    ClusterReport report;
    report.status =
        cluster_status_of(find(variables, "wsrep_cluster_status").value_or(std::string_view{}));
    report.size = find_number<std::uint32_t>(variables, "wsrep_cluster_size");
    report.conf_id = find_number_or_none(variables, "wsrep_cluster_conf_id");
    report.state_uuid =
        Uuid::parse(find(variables, "wsrep_cluster_state_uuid").value_or(std::string_view{}));
    report.weight = find_number<std::uint32_t>(variables, "wsrep_cluster_weight");
    report.node_state = node_state_of(find_number<std::uint32_t>(variables, "wsrep_local_state"));
    report.ready = find_switch(variables, "wsrep_ready");
    report.connected = find_switch(variables, "wsrep_connected");
    report.desynced = find_switch(variables, "wsrep_desync");
    report.read_only = find_switch(variables, "read_only");
    if (const auto index = find_number_or_none(variables, "wsrep_local_index"))
        report.local_index = static_cast<std::uint32_t>(*index);
    return report;
}

std::optional<Position> position_of(const Variables& variables) {
    const auto history =
        Uuid::parse(find(variables, "wsrep_local_state_uuid").value_or(std::string_view{}));
    const auto committed = find_number<std::int64_t>(variables, "wsrep_last_committed");
    const auto seqno = committed ? Seqno::from(*committed) : std::nullopt;
    if (!history || !seqno)
        return std::nullopt;
    return Position{*history, *seqno};
}

Result<ServerSample> sample_of(const Variables& variables) {
    ServerSample sample;
    sample.cluster = cluster_report_of(variables);
    sample.position = position_of(variables);
    if (const auto flush = find(variables, "innodb_flush_log_at_trx_commit"))
        sample.durable_commit = *flush == "1";
    if (const auto text = find(variables, "wsrep_provider_options")) {
        const auto options = parse_provider_options(*text);
        if (!options)
            return failure(options.error().at("wsrep_provider_options"));
        sample.quorum_override = overrides_quorum(*options);
    }
    return sample;
}

/// The columns of a view row that name the view itself.
Result<View> view_head_of(const Row& row) {
    const auto history = Uuid::parse(row[0].value_or(""));
    const auto id = number_of<std::uint64_t>(row[1].value_or(""));
    const auto number = number_of<std::int64_t>(row[2].value_or(""));
    const auto seqno = number ? Seqno::from(*number) : std::nullopt;
    if (!history || !id || !seqno)
        return failure("mysql.wsrep_cluster: cannot read the view '" + row[0].value_or("NULL") +
                       "', id '" + row[1].value_or("NULL") + "', seqno '" +
                       row[2].value_or("NULL") + "'");
    return View{*history, *id, *seqno, {}};
}

Result<std::optional<View>> view_of(const Rows& rows) {
    if (rows.empty())
        return std::optional<View>{};
    auto view = view_head_of(rows.front());
    if (!view)
        return failure(view.error());
    if (rows.size() > view_members_max)
        return failure("mysql.wsrep_cluster_members: has more than " +
                       std::to_string(view_members_max) + " members, which no cluster has");
    for (const auto& row : rows) {
        if (row[0] != rows.front()[0])
            return failure("mysql.wsrep_cluster: holds views of two histories, " +
                           rows.front()[0].value_or("NULL") + " and " + row[0].value_or("NULL"));
        if (!row[3])
            continue; // a view of nobody
        const auto uuid = Uuid::parse(*row[3]);
        if (!uuid)
            return failure("mysql.wsrep_cluster_members: '" + *row[3] + "' is not a UUID");
        view->members.push_back(ViewMember{*uuid, row[4].value_or(""), row[5].value_or("")});
    }
    // The table's collation need not be the order of the values.
    std::sort(view->members.begin(), view->members.end(),
              [](const ViewMember& a, const ViewMember& b) { return a.uuid < b.uuid; });
    return std::optional{std::move(*view)};
}

} // namespace

struct ServerConnection::Impl {
    explicit Impl(ConnectionOptions given) : options{std::move(given)} {}

    ConnectionOptions options;
    std::unique_ptr<MYSQL, ConnectionCloser> connection;
    std::string user;
    unsigned last_error{0};

    Result<void> connect();
    Result<std::vector<Rows>> ask(std::string_view statements);
    Result<Rows> read_rows();
    tl::unexpected<Error> fail();
    [[nodiscard]] bool refused() const {
        return last_error != 0 && !(last_error >= cr_first && last_error <= cr_last) &&
               !(last_error >= cer_first && last_error <= cer_last);
    }
};

/// The error of the last call. A statement that the server refused leaves the connection usable,
/// but nobody knows what it still has to say: the next call starts afresh.
tl::unexpected<Error> ServerConnection::Impl::fail() {
    last_error = ::mysql_errno(connection.get());
    std::string text = ::mysql_error(connection.get());
    connection.reset();
    if (last_error == er_too_many_connections)
        text += "; it has no connection left for us, raise max_connections";
    else if (last_error == er_access_denied || last_error == er_access_denied_no_password)
        text += "; create the user '" + user +
                "'@'localhost' identified via unix_socket and run this program as that OS user, "
                "or set mysql-user";
    else if (!refused())
        text = "the server does not answer: " + text;
    return failure(options.socket.string() + ": " + text);
}

Result<void> ServerConnection::Impl::connect() {
    if (connection)
        return {};
    last_error = 0;
    user = options.user;
    if (user.empty()) {
        auto own = own_user_name();
        if (!own)
            return failure(own.error());
        user = std::move(*own);
    }
    if (!library_is_ready())
        return failure("MariaDB Connector/C cannot be initialised");
    connection.reset(::mysql_init(nullptr));
    if (!connection)
        return failure("MariaDB Connector/C has no memory for a connection");
    MYSQL* const mysql = connection.get();
    const unsigned connect_seconds = whole_seconds(options.connect_timeout);
    const unsigned read_seconds = whole_seconds(options.read_timeout);
    const unsigned never = 0;
    const my_bool off = 0;
    ::mysql_optionsv(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_seconds);
    ::mysql_optionsv(mysql, MYSQL_OPT_READ_TIMEOUT, &read_seconds);
    ::mysql_optionsv(mysql, MYSQL_OPT_WRITE_TIMEOUT, &read_seconds);
    ::mysql_optionsv(mysql, MYSQL_OPT_RECONNECT, &off);
    ::mysql_optionsv(mysql, MYSQL_OPT_LOCAL_INFILE, &never);
    ::mysql_optionsv(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (::mysql_real_connect(mysql, nullptr, user.c_str(), nullptr, nullptr, 0,
                             options.socket.c_str(), CLIENT_MULTI_STATEMENTS) == nullptr)
        return fail();
    if (auto set = ask(session_statements); !set)
        return failure(set.error());
    return {};
}

Result<Rows> ServerConnection::Impl::read_rows() {
    Rows rows;
    const std::unique_ptr<MYSQL_RES, ResultFreer> result{::mysql_store_result(connection.get())};
    if (!result) {
        if (::mysql_field_count(connection.get()) != 0 || ::mysql_errno(connection.get()) != 0)
            return fail();
        return rows; // a statement that yields no rows
    }
    const unsigned columns = ::mysql_num_fields(result.get());
    while (MYSQL_ROW values = ::mysql_fetch_row(result.get())) {
        if (rows.size() == rows_max)
            return failure(options.socket.string() + ": the server sent more than " +
                           std::to_string(rows_max) + " rows");
        const unsigned long* lengths = ::mysql_fetch_lengths(result.get());
        Row& row = rows.emplace_back(columns);
        for (unsigned i = 0; i < columns; ++i) {
            if (values[i] != nullptr)
                row[i].emplace(values[i], lengths[i]);
        }
    }
    return rows;
}

/// The rows of each statement, in one round trip.
Result<std::vector<Rows>> ServerConnection::Impl::ask(std::string_view statements) {
    if (::mysql_real_query(connection.get(), statements.data(), statements.size()) != 0)
        return fail();
    std::vector<Rows> answers;
    while (true) {
        auto rows = read_rows();
        if (!rows) {
            connection.reset();
            return failure(rows.error());
        }
        answers.push_back(std::move(*rows));
        const int more = ::mysql_next_result(connection.get());
        if (more > 0)
            return fail();
        if (more < 0)
            return answers;
    }
}

ServerConnection::ServerConnection(ConnectionOptions options)
    : impl_{std::make_unique<Impl>(std::move(options))} {}
ServerConnection::~ServerConnection() = default;
ServerConnection::ServerConnection(ServerConnection&&) noexcept = default;
ServerConnection& ServerConnection::operator=(ServerConnection&&) noexcept = default;

Result<void> ServerConnection::connect() {
    return impl_->connect();
}

Result<ServerSample> ServerConnection::sample() {
    if (auto connected = impl_->connect(); !connected)
        return failure(connected.error());
    const auto answers = impl_->ask(sample_statements);
    if (!answers)
        return failure(answers.error());
    Variables variables;
    for (const auto& rows : *answers) {
        for (const auto& row : rows) {
            if (row.size() == 2 && row[0] && row[1])
                variables.insert_or_assign(*row[0], *row[1]);
        }
    }
    auto sample = sample_of(variables);
    if (!sample)
        return failure(sample.error().at(impl_->options.socket.string()));
    return sample;
}

Result<std::optional<View>> ServerConnection::applied_view() {
    if (auto connected = impl_->connect(); !connected)
        return failure(connected.error());
    const auto answers = impl_->ask(view_statement);
    if (!answers) {
        // A server that never was in a cluster, or Galera 3, does not have the tables.
        if (impl_->last_error == er_no_such_table || impl_->last_error == er_bad_database)
            return std::optional<View>{};
        return failure(answers.error());
    }
    constexpr std::size_t columns = 6;
    for (const auto& row : answers->front()) {
        if (row.size() != columns)
            return failure(impl_->options.socket.string() + ": the server sent " +
                           std::to_string(row.size()) + " columns instead of 6");
    }
    auto view = view_of(answers->front());
    if (!view)
        return failure(view.error().at(impl_->options.socket.string()));
    return view;
}

void ServerConnection::disconnect() {
    impl_->connection.reset();
}

bool ServerConnection::refused() const {
    return impl_->refused();
}

} // namespace galera::node
