// Completes the settings with what the database's own option file says, and resolves names.
#include "common/config/config.hpp"
#include "common/config/names.hpp"
#include "common/galera/address_text.hpp"
#include "common/galera/server_options.hpp"
#include "common/galera/text.hpp"
#include "common/galera/utf8.hpp"
#include "common/node/child.hpp"
#include "common/node/unique_fd.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace galera::config {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t options_bytes_max = 1024UL * 1024;
constexpr std::chrono::milliseconds options_deadline = 10s;
constexpr std::chrono::milliseconds kill_grace = 1s;
/// Of all names together. A resolver gives up on a dead name server after 5 s and asks the next.
constexpr std::chrono::milliseconds names_deadline = 12s;

// What a server takes where its option file is silent (MariaDB on Debian).
constexpr const char* default_datadir = "/var/lib/mysql";
constexpr const char* default_socket = "/run/mysqld/mysqld.sock";
constexpr const char* default_cluster_name = "my_wsrep_cluster";

std::string text_of_errno(int number) {
    return std::generic_category().message(number);
}

/// What errors call the source of the database's options.
std::string source_of(const Settings& settings) {
    return settings.defaults_file.empty() ? "the database's option files"
                                          : settings.defaults_file.string();
}

// my_print_defaults.

/// A file in memory: what goes through it may hold passwords, and nothing must be left behind.
class MemoryFile {
public:
    static Result<MemoryFile> make() {
        node::UniqueFd fd{::memfd_create("my_print_defaults", MFD_CLOEXEC)};
        if (!fd)
            return failure("memfd_create: " + text_of_errno(errno));
        return MemoryFile{std::move(fd)};
    }

    /// The name under which a child can open it.
    [[nodiscard]] fs::path path() const {
        return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_.get());
    }

    [[nodiscard]] Result<std::string> content() const {
        std::string content(options_bytes_max + 1, '\0');
        std::size_t filled = 0;
        while (filled < content.size()) {
            const auto count = ::pread(fd_.get(), content.data() + filled, content.size() - filled,
                                       static_cast<off_t>(filled));
            if (count < 0)
                return failure("my_print_defaults: " + text_of_errno(errno));
            if (count == 0)
                break;
            filled += static_cast<std::size_t>(count);
        }
        if (filled > options_bytes_max)
            return failure("my_print_defaults printed more than a megabyte; look at the option "
                           "file");
        content.resize(filled);
        return content;
    }

private:
    explicit MemoryFile(node::UniqueFd fd) : fd_{std::move(fd)} {}
    node::UniqueFd fd_;
};

/// my_print_defaults takes a directory, or a file that it may not read, for an empty file.
Result<void> check_defaults_file(const fs::path& file) {
    if (file.empty())
        return {};
    std::error_code error;
    const auto status = fs::status(file, error);
    if (status.type() == fs::file_type::not_found)
        return failure(file.string() + ": there is no such file; correct defaults-file");
    if (error)
        return failure(file.string() + ": " + error.message());
    if (status.type() != fs::file_type::regular)
        return failure(file.string() + ": this is not a file; correct defaults-file");
    if (::access(file.c_str(), R_OK) != 0)
        return failure(file.string() + ": " + text_of_errno(errno) +
                       "; let the user of this program read it");
    return {};
}

/// The first line of a complaint, which is the one that says something.
std::string complaint_of(std::string_view output) {
    for (const auto& line : text::lines(output))
        if (!line.text.starts_with("--") && !text::trimmed(line.text).empty())
            return std::string(line.text);
    return "it did not say why";
}

Result<std::string> run_my_print_defaults(const Settings& settings) {
    const auto output = MemoryFile::make();
    if (!output)
        return failure(output.error());
    node::ChildOptions options;
    options.command = {"my_print_defaults"};
    if (!settings.defaults_file.empty())
        options.command.push_back("--defaults-file=" + settings.defaults_file.string());
    options.command.emplace_back("--mysqld");
    options.output = output->path();
    auto child = node::Child::start(options);
    if (!child)
        return failure(child.error().text +
                       "; my_print_defaults is in the package mariadb-client-core");
    const auto end = child->wait(options_deadline);
    if (!end) {
        child->stop(kill_grace);
        return failure(Error{.text = "my_print_defaults has not ended within 10 s; look at " +
                                     source_of(settings),
                             .passing = true}); // on a machine that is busy after a power cut
    }
    auto content = output->content();
    if (!content)
        return failure(content.error());
    if (!end->well())
        return failure("my_print_defaults cannot read " + source_of(settings) + ": " +
                       complaint_of(*content));
    return content;
}

/// What everybody may write, and what includes itself, is left out, by the server too; nobody wants
/// that.
Result<void> check_nothing_ignored(std::string_view printed) {
    for (const auto& line : text::lines(printed))
        if (line.text.starts_with("Warning:"))
            return failure("my_print_defaults: " + std::string(line.text) +
                           (line.text.find("!include") == std::string_view::npos
                                ? "; run chmod o-w on the file"
                                : "; let no option file include itself"));
    return {};
}

Result<ServerOptions> ask_for_options(const Settings& settings) {
    if (const auto there = check_defaults_file(settings.defaults_file); !there)
        return failure(there.error());
    auto printed = run_my_print_defaults(settings);
    if (!printed)
        return failure(printed.error());
    if (const auto all = check_nothing_ignored(*printed); !all)
        return failure(all.error());
    // What the server is started with counts as what it reads itself.
    for (const auto& argument : settings.server_arg)
        if (argument.starts_with("--"))
            *printed += argument + "\n";
    auto options = ServerOptions::parse(*printed);
    if (!options)
        return failure(options.error().at(source_of(settings)));
    return options;
}

// Names.

Result<std::vector<std::vector<Address>>> addresses_of_all(const std::vector<std::string>& written,
                                                           const Names& names,
                                                           const std::string& key) {
    std::vector<std::vector<Address>> result;
    for (const auto& one : written) {
        const auto host = parse_host_port(one);
        if (!host)
            return failure(host.error().at(key));
        auto addresses = names.addresses_of(host->host);
        if (!addresses)
            return failure(addresses.error().at(key));
        result.push_back(*std::move(addresses));
    }
    return result;
}

/// A name may have addresses of several nodes, and then stands for none of them.
Result<void> check_names_one(const std::vector<Address>& addresses, const Roster& roster,
                             const std::string& key) {
    std::string nodes;
    for (const auto& node : roster)
        if (std::ranges::any_of(addresses, [&](const auto& one) { return node.has(one); }))
            nodes += (nodes.empty() ? "" : " and ") + node.address.text;
    if (nodes.find(' ') == std::string::npos)
        return {};
    return failure(key + ": one name for the nodes " + nodes + "; write the address of the one");
}

/// The node of the roster that has one of the addresses; null: none has.
const RosterNode* node_with(const std::vector<Address>& addresses, const Roster& roster) {
    for (const auto& node : roster)
        if (std::ranges::any_of(addresses, [&](const auto& one) { return node.has(one); }))
            return &node;
    return nullptr;
}

/// The nodes that will never come back: of the roster, and not this one.
Result<std::vector<Address>> resolve_lost(const Settings& settings, const Names& names,
                                          const Roster& roster, const Address& here) {
    const auto written = addresses_of_all(settings.assume_lost, names, "assume-lost");
    if (!written)
        return failure(written.error());
    std::vector<Address> lost;
    for (const auto& addresses : *written) {
        if (const auto one = check_names_one(addresses, roster, "assume-lost"); !one)
            return failure(one.error());
        const auto* const node = node_with(addresses, roster);
        if (node == nullptr)
            return failure("assume-lost: " + addresses.front().text +
                           " is no data node of the cluster address; correct it");
        if (node->address == here)
            return failure("assume-lost: " + addresses.front().text +
                           " is this node, which is not lost");
        lost.push_back(node->address);
    }
    return lost;
}

Result<std::vector<Address>> resolve_arbitrators(const Settings& settings, const Names& names) {
    const auto written = addresses_of_all(settings.arbitrator, names, "arbitrator");
    if (!written)
        return failure(written.error());
    std::vector<Address> arbitrators;
    for (const auto& addresses : *written)
        arbitrators.insert(arbitrators.end(), addresses.begin(), addresses.end());
    return arbitrators;
}

/// Two entries for one machine would be one node, and a slip of a name would so hide another node
/// from every proof.
Result<void> check_no_alias(const ClusterAddress& cluster, const std::vector<RosterNode>& nodes) {
    for (std::size_t left = 0; left < nodes.size(); ++left)
        for (std::size_t right = left + 1; right < nodes.size(); ++right) {
            const auto& one = cluster.hosts[left];
            const auto& other = cluster.hosts[right];
            const auto shared = addresses_of(nodes[right]);
            const bool same = one.host == other.host && one.port == other.port;
            if (!same && std::ranges::any_of(
                             shared, [&](const auto& address) { return nodes[left].has(address); }))
                return failure("cluster address: " + text::quoted(one.host) + " and " +
                               text::quoted(other.host) + " are one machine, " +
                               nodes[right].address.text + "; name each data node once");
        }
    return {};
}

/// The data nodes. An arbitrator may stand in wsrep_cluster_address; it is not one of them.
Result<Roster> resolve_roster(const ClusterAddress& cluster, const Names& names,
                              const std::vector<Address>& arbitrators) {
    std::vector<RosterNode> nodes;
    for (const auto& host : cluster.hosts) {
        auto addresses = names.addresses_of(host.host);
        if (!addresses)
            return failure(addresses.error().at("cluster address"));
        RosterNode node{.address = addresses->front(),
                        .name = parse_address(host.host) ? "" : host.host,
                        .others = {addresses->begin() + 1, addresses->end()},
                        .group_port = host.port};
        nodes.push_back(std::move(node));
    }
    if (const auto once = check_no_alias(cluster, nodes); !once)
        return failure(once.error());
    std::erase_if(nodes, [&](const RosterNode& node) {
        return std::ranges::any_of(arbitrators, [&](const auto& one) { return node.has(one); });
    });
    return make_roster(std::move(nodes));
}

std::string text_of(const Roster& roster) {
    std::string text;
    for (const auto& node : roster)
        text +=
            (text.empty() ? "" : ", ") +
            (node.name.empty() ? node.address.text : node.name + " (" + node.address.text + ")");
    return text;
}

// What is read from the options.

Result<void> check_wsrep(const ServerOptions& options, const std::string& source) {
    const auto on = options.find_switch("wsrep_on");
    if (!on)
        return failure(on.error().at(source));
    if (!on->value_or(false)) // MariaDB's default is OFF
        return failure(source + ": wsrep_on is not ON; this server is no node of a cluster until "
                                "it is");
    const auto provider = options.get("wsrep_provider", "none");
    if (provider.empty() || provider == "none")
        return failure(source + ": wsrep_provider is not set; set it to the path of "
                                "libgalera_smm.so");
    return {};
}

Result<ClusterAddress> cluster_address(const Settings& settings, const ServerOptions& options,
                                       const std::string& source) {
    const auto in_options = options.find("wsrep_cluster_address");
    if (!settings.cluster_address && !in_options)
        return failure(source + ": wsrep_cluster_address is not set; name all data nodes in it, or "
                                "in cluster-address");
    // The server has it all the same, and takes "gcomm://" for an order to bootstrap.
    Result<ClusterAddress> of_server{};
    if (in_options) {
        of_server = parse_cluster_address(*in_options);
        if (!of_server)
            return failure(of_server.error().at(source));
        if (of_server->hosts.empty())
            return failure(source + ": wsrep_cluster_address " + text::quoted(*in_options) +
                           " names nobody, and the server takes it for an order to bootstrap; name "
                           "all data nodes in it, this one too");
    }
    if (!settings.cluster_address)
        return of_server;
    const std::string place{"cluster-address"};
    auto address = parse_cluster_address(*settings.cluster_address);
    if (!address)
        return failure(address.error().at(place));
    if (address->hosts.empty())
        return failure(place + ": the cluster address 'gcomm://' names nobody; name all data nodes "
                               "in it, this one too");
    for (const auto& [name, value] : of_server->options)
        address->options.insert_or_assign(name, value);
    return address;
}

/// A bind_address that is one address, and so can be the node's.
bool is_specific(const std::string& bind_address) {
    const auto address = parse_address(bind_address);
    if (!address)
        return false;
    return std::ranges::any_of(address->octets, [](auto octet) { return octet != 0; });
}

Result<std::string> node_host(const Settings& settings, const ServerOptions& options,
                              const std::string& source) {
    const auto in_options = options.find("wsrep_node_address");
    if (settings.node_address || (in_options && !in_options->empty())) {
        const auto host = parse_host_port(settings.node_address.value_or(in_options.value_or("")));
        if (!host)
            return failure(host.error().at(
                settings.node_address ? "node-address" : source + ": wsrep_node_address"));
        return host->host;
    }
    if (auto bind_address = options.get("bind_address", ""); is_specific(bind_address))
        return bind_address;
    return failure(source + ": neither wsrep_node_address nor a specific bind_address is set; set "
                            "node-address to the address of this node");
}

Result<Address> address_in_roster(const std::string& host, const Names& names,
                                  const Roster& roster) {
    const auto addresses = names.addresses_of(host);
    if (!addresses)
        return failure(addresses.error().at("node address"));
    if (const auto one = check_names_one(*addresses, roster, "node address"); !one)
        return failure(one.error());
    if (const auto* const node = node_with(*addresses, roster))
        return node->address;
    return failure("the address of this node, " + addresses->front().text +
                   ", is not among the data nodes of the cluster address: " + text_of(roster) +
                   "; correct node-address or the cluster address (a name may resolve to another "
                   "address here than elsewhere)");
}

/// Whether a network interface of this machine has the address.
bool is_of_this_machine(const Address& address) {
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0)
        return false;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list{found, ::freeifaddrs};
    for (const auto* entry = found; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr)
            continue;
        const auto family = entry->ifa_addr->sa_family;
        const void* octets = nullptr;
        if (family == AF_INET)
            octets = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
        else if (family == AF_INET6)
            octets = &reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
        std::array<char, INET6_ADDRSTRLEN> text{};
        if (octets != nullptr &&
            ::inet_ntop(family, octets, text.data(), static_cast<socklen_t>(text.size())) &&
            parse_address(text.data()) == address)
            return true;
    }
    return false;
}

/// A name with several addresses is one node only if all of them are its own. That of a whole
/// cluster, as some name servers have it, would make each node believe that it is alone. Every node
/// looks at its own name.
Result<void> check_own_name(const Address& here, const Roster& roster) {
    const auto* const node = node_with({here}, roster);
    if (node == nullptr || node->others.empty())
        return {};
    const auto addresses = addresses_of(*node);
    for (const auto& address : addresses)
        if (!is_of_this_machine(address))
            return failure("cluster address: " + text::quoted(node->name) + " resolves to " +
                           std::to_string(addresses.size()) + " addresses, and " + address.text +
                           " is none of this machine; write one name, or one address, for each "
                           "node");
    return {};
}

/// Where peers listen whose own port the cluster address does not give: as this node does, else as
/// another one in it.
Result<std::uint16_t> group_port(const ProviderOptions& provider, const ClusterAddress& cluster,
                                 const std::string& source) {
    constexpr std::uint16_t galeras_default = 4567;
    if (const auto found = provider.find("gmcast.listen_addr"); found != provider.end()) {
        std::string_view listen{found->second};
        if (const auto scheme = listen.find("://"); scheme != std::string_view::npos)
            listen.remove_prefix(scheme + 3);
        const auto host = parse_host_port(listen);
        if (!host)
            return failure(host.error().at(source + ": gmcast.listen_addr"));
        if (host->port)
            return *host->port;
    }
    const auto with_port = std::ranges::find_if(
        cluster.hosts, [](const HostPort& host) { return host.port.has_value(); });
    return with_port == cluster.hosts.end() ? galeras_default : *with_port->port;
}

Result<fs::path> data_directory(const Settings& settings, const ServerOptions& options,
                                const std::string& source) {
    const fs::path datadir =
        settings.datadir.value_or(fs::path{options.get("datadir", default_datadir)});
    if (!datadir.is_absolute())
        return failure(source + ": datadir " + text::quoted(datadir.string()) +
                       " is a relative path; write it in full, from / on");
    std::error_code error;
    const auto status = fs::status(datadir, error);
    if (status.type() == fs::file_type::not_found)
        return failure(datadir.string() + ": the data directory is missing; correct datadir, or "
                                          "make one with mariadb-install-db");
    if (error)
        return failure(datadir.string() + ": " + error.message());
    if (status.type() != fs::file_type::directory)
        return failure(datadir.string() + ": the data directory is not a directory; correct "
                                          "datadir");
    return datadir;
}

Result<std::string> host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (::gethostname(name.data(), name.size()) != 0)
        return failure("gethostname: " + text_of_errno(errno));
    name.back() = '\0';
    return std::string{name.data()};
}

/// As the server makes its own name of it: relative to the data directory, ".err" where the name
/// has no extension, the host's name where there is no name. Empty: stderr.
fs::path error_log(const ServerOptions& options, const fs::path& datadir, const std::string& host) {
    const auto written = options.get("log_error", "OFF");
    if (written == "OFF")
        return {};
    fs::path log{written == "ON" || written.empty() ? host : written};
    if (!log.has_extension() || written == "ON" || written.empty())
        log += ".err";
    return datadir / log;
}

Result<std::string> mysql_user(const Settings& settings) {
    if (!settings.mysql_user.empty())
        return settings.mysql_user;
    constexpr std::size_t buffer_bytes = 16UL * 1024;
    std::vector<char> buffer(buffer_bytes);
    passwd account{};
    passwd* found = nullptr;
    const int error = ::getpwuid_r(::geteuid(), &account, buffer.data(), buffer.size(), &found);
    if (found == nullptr)
        return failure("user " + std::to_string(::geteuid()) + " has no account" +
                       (error != 0 ? " (" + text_of_errno(error) + ")" : "") + "; set mysql-user");
    return std::string{found->pw_name};
}

/// The provider's options, those of the cluster address first, as Galera takes them.
Result<ProviderOptions> provider_options(const ServerOptions& options,
                                         const ClusterAddress& cluster, const std::string& source) {
    auto provider = parse_provider_options(options.get("wsrep_provider_options", ""));
    if (!provider)
        return failure(provider.error().at(source));
    for (const auto& [name, value] : cluster.options)
        (*provider)[name] = value;
    return provider;
}

// How the server is started.

/// As sd_booted(3) has it.
bool systemd_runs() {
    std::error_code error;
    return fs::is_directory(fs::symlink_status("/run/systemd/system", error));
}

std::vector<std::string> service_command(const char* action) {
    std::error_code error;
    const bool has_script = fs::exists("/etc/init.d/mariadb", error);
    return {"service", has_script ? "mariadb" : "mysql", action};
}

void fill_backend(Site& site) {
    const auto& settings = site.settings;
    site.backend = settings.backend.value_or(systemd_runs() ? Backend::systemd : Backend::sysv);
    site.sysv_start = settings.sysv_start.empty() ? service_command("start") : settings.sysv_start;
    site.sysv_bootstrap =
        settings.sysv_bootstrap.empty() ? service_command("bootstrap") : settings.sysv_bootstrap;
}

// The parts of a Site.

/// Every host that the configuration names. What cannot be read is told by whoever wants it.
std::vector<std::string> hosts_of(const Settings& settings, const ClusterAddress& cluster,
                                  const std::string& node_host) {
    std::vector<std::string> hosts{node_host};
    for (const auto& host : cluster.hosts)
        hosts.push_back(host.host);
    for (const auto* const written : {&settings.arbitrator, &settings.assume_lost})
        for (const auto& one : *written)
            if (const auto host = parse_host_port(one))
                hosts.push_back(host->host);
    return hosts;
}

Result<void> fill_group(const ServerOptions& options, const std::string& source, Site& site) {
    const auto cluster = cluster_address(site.settings, options, source);
    if (!cluster)
        return failure(cluster.error());
    auto host = node_host(site.settings, options, source);
    if (!host)
        return failure(host.error());
    const auto names = Names::look_up(hosts_of(site.settings, *cluster, *host), names_deadline);
    auto arbitrators = resolve_arbitrators(site.settings, names);
    if (!arbitrators)
        return failure(arbitrators.error());
    auto roster = resolve_roster(*cluster, names, *arbitrators);
    if (!roster)
        return failure(roster.error());
    auto address = address_in_roster(*host, names, *roster);
    if (!address)
        return failure(address.error());
    const auto provider = provider_options(options, *cluster, source);
    if (!provider)
        return failure(provider.error());
    const auto port = group_port(*provider, *cluster, source);
    if (!port)
        return failure(port.error());
    if (const auto own = check_own_name(*address, *roster); !own)
        return failure(own.error());
    auto lost = resolve_lost(site.settings, names, *roster, *address);
    if (!lost)
        return failure(lost.error());
    site.assume_lost = *std::move(lost);
    site.node_address = *std::move(address);
    site.roster = *std::move(roster);
    site.arbitrators = *std::move(arbitrators);
    site.group_port = *port;
    site.quorum_override = overrides_quorum(*provider);
    return {};
}

Result<void> fill_server(const ServerOptions& options, const std::string& source, Site& site) {
    auto datadir = data_directory(site.settings, options, source);
    if (!datadir)
        return failure(datadir.error());
    const auto host = host_name();
    if (!host)
        return failure(host.error());
    auto user = mysql_user(site.settings);
    if (!user)
        return failure(user.error());
    site.datadir = *std::move(datadir);
    site.mysql_user = *std::move(user);
    // An absolute path replaces the directory in front of it.
    site.mysql_socket = site.datadir / site.settings.mysql_socket.value_or(
                                           fs::path{options.get("socket", default_socket)});
    site.error_log = error_log(options, site.datadir, *host);
    // As the MIB has it, which others compare theirs with.
    site.cluster_name = utf8_line(options.get("wsrep_cluster_name", default_cluster_name));
    site.node_name = options.get("wsrep_node_name", *host);
    site.durable_commit = options.get("innodb_flush_log_at_trx_commit", "1") == "1";
    return {};
}

} // namespace

Result<Site> complete(const Settings& settings) {
    const auto options = ask_for_options(settings);
    if (!options)
        return failure(options.error());
    const auto source = source_of(settings);
    if (const auto wsrep = check_wsrep(*options, source); !wsrep)
        return failure(wsrep.error());
    Site site;
    site.settings = settings;
    if (const auto filled = fill_group(*options, source, site); !filled)
        return failure(filled.error());
    if (const auto filled = fill_server(*options, source, site); !filled)
        return failure(filled.error());
    fill_backend(site);
    return site;
}

} // namespace galera::config
