// A client that knows which of its rows a server has acknowledged: writes row after row until the
// server dies, and tells later which acknowledged rows a server lacks.
#include <mysql.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <getopt.h>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

// What Connector/C says when the server has gone (errmsg.h of the client library).
constexpr unsigned connection_refused = 2002;
constexpr unsigned server_gone = 2006;
constexpr unsigned server_lost = 2013;
// What a server says when another transaction went before; the row is then not written.
constexpr unsigned deadlock = 1213;

struct Options {
    bool verify{false};
    std::string socket;
    std::string user;
    std::string writer;
    std::uint64_t count{std::numeric_limits<std::uint64_t>::max()};
    std::vector<std::string> files;
};

/// What the server or the library said.
struct SqlError : std::runtime_error {
    SqlError(MYSQL* connection, const std::string& where)
        : std::runtime_error{where + ": " + mysql_error(connection)}, number{mysql_errno(
                                                                          connection)} {}
    unsigned number;

    [[nodiscard]] bool server_has_gone() const {
        return number == connection_refused || number == server_gone || number == server_lost;
    }
};

struct Close {
    void operator()(MYSQL* connection) const { mysql_close(connection); }
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};
using Connection = std::unique_ptr<MYSQL, Close>;
using Rows = std::unique_ptr<MYSQL_RES, Close>;

Connection connect(const Options& options) {
    Connection connection{mysql_init(nullptr)};
    if (!connection)
        throw std::bad_alloc{};
    if (mysql_real_connect(connection.get(), nullptr, options.user.c_str(), nullptr, nullptr, 0,
                           options.socket.c_str(), 0) == nullptr)
        throw SqlError{connection.get(), options.socket};
    return connection;
}

void execute(MYSQL* connection, const std::string& statement) {
    if (mysql_real_query(connection, statement.data(), statement.size()) != 0)
        throw SqlError{connection, statement};
}

/// A file to which each line goes whole, by one write(2): it survives a SIGKILL of this process.
class Acknowledgements {
public:
    explicit Acknowledgements(const std::string& path)
        : path_{path}, fd_{open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)} {
        if (fd_ < 0)
            throw std::runtime_error{path + ": " + std::strerror(errno)};
    }
    Acknowledgements(const Acknowledgements&) = delete;
    Acknowledgements& operator=(const Acknowledgements&) = delete;
    ~Acknowledgements() { close(fd_); }

    void append(const std::string& row) const {
        const std::string line = row + "\n";
        if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
            throw std::runtime_error{path_ + ": " + std::strerror(errno)};
    }

private:
    std::string path_;
    int fd_;
};

/// One row after the other, each its own transaction; the next only after the answer to the last.
int write_rows(const Options& options) {
    const Acknowledgements acknowledged{options.files.front()};
    const Connection connection = connect(options);
    for (std::uint64_t number = 1; number <= options.count; ++number) {
        try {
            execute(connection.get(), "INSERT INTO lab.written (writer, number) VALUES ('" +
                                          options.writer + "', " + std::to_string(number) + ")");
            acknowledged.append(options.writer + " " + std::to_string(number));
        } catch (const SqlError& error) {
            if (error.server_has_gone())
                return 0; // what was not acknowledged may be there or not
            if (error.number != deadlock)
                throw;
        }
    }
    return 0;
}

std::set<std::string, std::less<>> rows_of_server(const Options& options) {
    const Connection connection = connect(options);
    execute(connection.get(), "SET SESSION wsrep_sync_wait = 1"); // read what the cluster committed
    execute(connection.get(), "SELECT CONCAT(writer, ' ', number) FROM lab.written");
    const Rows rows{mysql_use_result(connection.get())};
    if (!rows)
        throw SqlError{connection.get(), options.socket};
    std::set<std::string, std::less<>> present;
    while (MYSQL_ROW row = mysql_fetch_row(rows.get()))
        present.emplace(row[0]);
    if (mysql_errno(connection.get()) != 0)
        throw SqlError{connection.get(), options.socket};
    return present;
}

/// Prints each acknowledged row that the server lacks; 1 if there is one.
int verify_rows(const Options& options) {
    const std::set<std::string, std::less<>> present = rows_of_server(options);
    std::uint64_t acknowledged = 0;
    std::uint64_t found = 0;
    for (const std::string& path : options.files) {
        std::ifstream file{path};
        if (!file)
            throw std::runtime_error{path + ": cannot be read"};
        for (std::string row; std::getline(file, row); ++acknowledged) {
            if (present.count(row) != 0)
                ++found;
            else
                std::printf("absent: %s\n", row.c_str());
        }
    }
    std::printf("%ju of %ju acknowledged rows present\n", std::uintmax_t{found},
                std::uintmax_t{acknowledged});
    return found == acknowledged ? 0 : 1;
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        throw std::invalid_argument{"--count: '" + std::string{text} + "' is not a number"};
    return number;
}

Options options_of(int argc, char** argv) {
    static constexpr option known[] = {
        {"verify", no_argument, nullptr, 'v'},      {"socket", required_argument, nullptr, 's'},
        {"user", required_argument, nullptr, 'u'},  {"writer", required_argument, nullptr, 'w'},
        {"count", required_argument, nullptr, 'c'}, {nullptr, 0, nullptr, 0}};
    Options options;
    for (int letter = 0; (letter = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
        switch (letter) {
        case 'v':
            options.verify = true;
            break;
        case 's':
            options.socket = optarg;
            break;
        case 'u':
            options.user = optarg;
            break;
        case 'w':
            options.writer = optarg;
            break;
        case 'c':
            options.count = number_of(optarg);
            break;
        default:
            throw std::invalid_argument{"unknown option"};
        }
    }
    options.files.assign(argv + optind, argv + argc);
    const bool well = options.verify ? !options.files.empty()
                                     : options.files.size() == 1 && !options.writer.empty();
    if (!well || options.socket.empty())
        throw std::invalid_argument{
            "usage: lab-writer --socket SOCKET --user USER --writer NAME [--count N] FILE, or "
            "lab-writer --verify --socket SOCKET --user USER FILE.."};
    return options;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const Options options = options_of(argc, argv);
        return options.verify ? verify_rows(options) : write_rows(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "lab-writer: %s\n", error.what());
        return 2;
    }
}
