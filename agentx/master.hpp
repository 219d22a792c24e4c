// The connection to snmpd, under net-snmp: a transport that lets through what a Conversation does.
#pragma once

#include "agentx/conversation.hpp"
#include "common/node/unique_fd.hpp"

#include <string>

namespace galera::agentx {

/// Where snmpd listens, and the connection to it that net-snmp has open, if any. On net-snmp's
/// thread only. net-snmp opens one connection at a time and closes it before it opens the next.
class Master {
public:
    /// `socket`: see dial().
    explicit Master(std::string socket) : socket_{std::move(socket)} {}
    Master(const Master&) = delete;
    Master& operator=(const Master&) = delete;
    ~Master() = default;

    /// Makes net-snmp know the names that `name_for_net_snmp` gives. Behind init_agent.
    static void teach_net_snmp();
    /// What net-snmp must be told as the name of its AgentX socket; valid as long as this object.
    [[nodiscard]] std::string name_for_net_snmp() const;

    /// Another place from the next connection on. Ends the one that is open.
    void move_to(const std::string& socket);
    [[nodiscard]] const std::string& socket() const { return socket_; }

    /// Whether snmpd has registered our objects and the connection stands.
    [[nodiscard]] bool serves() const {
        return link_ != nullptr && link_->conversation.registered();
    }
    /// Why it does not, or why it did not the last time.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    struct Link {
        Master* master{nullptr};
        node::UniqueFd fd;
        Conversation conversation;

        void end(const std::string& reason);
        int receive(char* octets, std::size_t size);
        bool send(std::string_view pdu);
    };
    friend struct Transport;

    std::string socket_;
    std::string problem_;
    Link* link_{nullptr}; // owned by net-snmp's transport
};

} // namespace galera::agentx
