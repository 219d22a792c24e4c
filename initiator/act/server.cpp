#include "initiator/act/server.hpp"

#include <type_traits>

namespace galera::act {

namespace {

template <typename T>
constexpr bool is_child = std::is_same_v<std::decay_t<T>, node::Child>;

} // namespace

std::optional<std::string> Server::ended() {
    return std::visit(
        [](auto& server) -> std::optional<std::string> {
            if constexpr (is_child<decltype(server)>) {
                const auto end = server.wait(std::chrono::milliseconds{0});
                return end ? std::optional{end->text()} : std::nullopt;
            } else {
                return server.ended();
            }
        },
        kind_);
}

std::string Server::stop(std::chrono::milliseconds grace) {
    return std::visit(
        [&](auto& server) {
            if constexpr (is_child<decltype(server)>)
                return server.stop(grace).text();
            else
                return server.stop(grace);
        },
        kind_);
}

void Server::settle(std::chrono::milliseconds at_most) {
    if (auto* const unit = std::get_if<UnitServer>(&kind_))
        unit->settle(at_most);
}

std::string Server::name() const {
    return std::visit(
        [](const auto& server) {
            if constexpr (is_child<decltype(server)>)
                return "process " + std::to_string(server.pid());
            else
                return server.name();
        },
        kind_);
}

} // namespace galera::act
