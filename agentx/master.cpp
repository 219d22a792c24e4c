#include "agentx/master.hpp"

#include "agentx/dial.hpp"
#include "agentx/net_snmp.hpp"
#include "mibs/oids.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace galera::agentx {

namespace {

constexpr const char* domain_name = "galera-agentx";

/// net-snmp wants one for the domain, and keeps pointers to its arcs for as long as the process
/// lasts.
const std::vector<::oid>& domain_oid() {
    static const auto arcs = net_snmp_oid(oid::galeraInitiatorMIB);
    return arcs;
}

} // namespace

// ---- the connection
// ------------------------------------------------------------------------------

void Master::Link::end(const std::string& reason) {
    conversation.end(reason);
    master->problem_ = conversation.over();
    ::shutdown(fd.get(), SHUT_RDWR); // makes it readable: net-snmp comes and hears of the end
}

/// As net-snmp wants it: how many octets, 0 for none, -1 for the end of the connection. One message
/// at a time: net-snmp makes a queue of what it hears, without a limit.
int Master::Link::receive(char* octets, std::size_t size) {
    std::string for_agent;
    while ((for_agent = conversation.take_for_agent()).empty()) {
        if (!conversation.over().empty())
            return -1;
        const auto wanted = std::min(size, conversation.octets_wanted());
        const auto count = ::recv(fd.get(), octets, wanted, 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        if (count > 0)
            conversation.hear_master({octets, static_cast<std::size_t>(count)});
        else
            conversation.end("it has closed the connection");
        if (!send_all(fd.get(), conversation.take_for_master()))
            conversation.end("it does not read what it is sent");
        if (!conversation.over().empty())
            end(conversation.over());
    }
    for_agent.copy(octets, size);
    return static_cast<int>(for_agent.size());
}

bool Master::Link::send(std::string_view pdu) {
    if (conversation.hear_agent(pdu) && send_all(fd.get(), pdu))
        return true;
    end("it does not read what it is sent");
    return false;
}

// ---- as net-snmp sees it
// -------------------------------------------------------------------------

/// The functions of a transport; net-snmp calls them through pointers.
struct Transport {
    using Link = Master::Link;

    static Link* link_of(netsnmp_transport* transport) {
        return static_cast<Link*>(transport->data);
    }

    static int receive(netsnmp_transport* transport, void* octets, int size, void** /*opaque*/,
                       int* /*opaque_length*/) noexcept {
        auto* const link = link_of(transport);
        if (link == nullptr)
            return -1;
        const int count = link->receive(static_cast<char*>(octets), static_cast<std::size_t>(size));
        if (count == 0)
            transport->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT; // else 0 means the end
        return count;
    }

    static int send(netsnmp_transport* transport, const void* octets, int size, void** /*opaque*/,
                    int* /*opaque_length*/) noexcept {
        auto* const link = link_of(transport);
        const std::string_view pdu{static_cast<const char*>(octets),
                                   static_cast<std::size_t>(size)};
        return link != nullptr && link->send(pdu) ? size : -1;
    }

    /// net-snmp closes more than once, and always before it frees the transport.
    static int close(netsnmp_transport* transport) noexcept {
        const std::unique_ptr<Link> link{link_of(transport)};
        if (!link)
            return -1;
        transport->data = nullptr;
        transport->data_length = 0;
        transport->sock = -1;
        link->master->link_ = nullptr;
        return 0;
    }

    static char* name(netsnmp_transport* /*transport*/, const void* /*address*/,
                      int /*length*/) noexcept {
        return strdup("snmpd"); // net-snmp frees it
    }

    /// net-snmp gives nothing to the maker of a transport but the text behind the domain's name:
    /// it says where the Master is.
    static netsnmp_transport* make(netsnmp_tdomain_spec* spec) noexcept {
        std::uintptr_t place{0};
        const std::string_view text{spec->target};
        std::from_chars(text.data(), text.data() + text.size(), place, 16);
        // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast)
        return connect(*reinterpret_cast<Master*>(place));
    }

    static netsnmp_transport* connect(Master& master) {
        auto fd = dial(master.socket_);
        if (!fd) {
            master.problem_ = fd.error().text;
            return nullptr;
        }
        auto* const transport = SNMP_MALLOC_TYPEDEF(netsnmp_transport); // zeroes; net-snmp frees it
        if (transport == nullptr)
            return nullptr;
        auto link = std::make_unique<Link>();
        link->master = &master;
        link->fd = std::move(*fd);
        transport->domain = domain_oid().data();
        transport->domain_length = static_cast<int>(domain_oid().size());
        transport->sock = link->fd.get();
        transport->flags = NETSNMP_TRANSPORT_FLAG_STREAM;
        transport->msgMaxSize = SNMP_MAX_PACKET_LEN;
        transport->f_recv = receive;
        transport->f_send = send;
        transport->f_close = close;
        transport->f_fmtaddr = name;
        master.link_ = link.get();
        transport->data = link.release();
        transport->data_length = sizeof(Link);
        return transport;
    }
};

void Master::teach_net_snmp() {
    static netsnmp_tdomain domain{}; // net-snmp keeps a pointer to it, too
    domain.name = domain_oid().data();
    domain.name_length = domain_oid().size();
    // A list with a null at its end, which net-snmp gives to free().
    domain.prefix = static_cast<const char**>(std::calloc(2, sizeof(const char*)));
    if (domain.prefix == nullptr)
        return; // then net-snmp does not know the name, and no connection comes of it
    *domain.prefix = domain_name;
    domain.f_create_from_tspec = Transport::make;
    netsnmp_tdomain_register(&domain);
}

std::string Master::name_for_net_snmp() const {
    std::array<char, 2 * sizeof(void*)> text{};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): see Transport::make
    const auto place = reinterpret_cast<std::uintptr_t>(this);
    const auto end = std::to_chars(text.data(), text.data() + text.size(), place, 16);
    return std::string{domain_name} + ":" + std::string(text.data(), end.ptr);
}

void Master::move_to(const std::string& socket) {
    socket_ = socket;
    if (link_ != nullptr)
        link_->end("it is at " + socket + " now");
}

} // namespace galera::agentx
