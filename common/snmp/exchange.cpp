// The sockets, the timers and the loop of many conversations; what is said in them is
// dialect.cpp's.
#include "common/snmp/exchange.hpp"

#include "common/snmp/dialect.hpp"
#include "common/snmp/udp_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <sys/epoll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace galera::snmp {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a change of `cancelled` may go unnoticed.
constexpr std::chrono::milliseconds cancel_interval{50};
constexpr std::size_t datagram_max = 65536;
/// So many datagrams of one agent are read before others have their turn.
constexpr int burst_max = 16;

using Dialect = std::variant<CommunityDialect, UserDialect>;

Dialect dialect_of(const Access& access) {
    if (access.user)
        return UserDialect{*access.user};
    return CommunityDialect{access.community};
}

/// One conversation under way: its socket, the GET that is out, and its timers.
class Talk {
public:
    Talk(const Access& access, Conversation& conversation)
        : access_{access}, conversation_{conversation}, dialect_{dialect_of(access)} {}

    Result<void> open();
    void begin() { ask(conversation_.first); }
    /// Takes what has come, at most a burst.
    void read(std::vector<char>& buffer);
    /// Tries again or gives up, where it is time.
    void look_at_clock(Clock::time_point now);
    void cancel();

    [[nodiscard]] bool ended() const { return ended_; }
    /// What still comes for one that has ended is nobody's.
    void close() { socket_.reset(); }
    [[nodiscard]] Clock::time_point due() const { return std::min(next_try_, give_up_); }
    [[nodiscard]] int fd() const { return socket_ ? socket_->fd() : -1; }

private:
    void ask(std::vector<mib::Oid> instances);
    void send();
    void hear(std::string_view datagram);
    void settle(const Outcome& outcome);

    const Access& access_;
    Conversation& conversation_;
    Dialect dialect_;
    std::optional<UdpSocket> socket_;
    bool ended_{false};
    Question question_;
    Clock::time_point asked_;
    Clock::time_point next_try_;
    Clock::time_point give_up_;
    std::optional<NoResponse> suspicion_; // why, if nothing better comes
};

Result<void> Talk::open() {
    auto socket = UdpSocket::open(conversation_.agent, access_.port);
    if (!socket)
        return failure(socket.error());
    socket_.emplace(*std::move(socket));
    return {};
}

void Talk::ask(std::vector<mib::Oid> instances) {
    // Not by recursion where agents cannot be reached: each question is settled at once.
    while (!instances.empty() && (!socket_ || !socket_->reachable()))
        instances = conversation_.next(NoResponse::timed_out);
    if (instances.empty()) {
        ended_ = true;
        return;
    }
    question_ = Question::about(std::move(instances));
    suspicion_.reset();
    std::visit([](auto& dialect) { dialect.begin(); }, dialect_);
    asked_ = Clock::now();
    give_up_ = asked_ + access_.deadline();
    send();
}

void Talk::send() {
    const auto datagram =
        std::visit([&](auto& dialect) { return dialect.datagram_for(question_); }, dialect_);
    next_try_ = Clock::now() + access_.timeout;
    if (!datagram.empty())
        socket_->send(datagram);
}

void Talk::read(std::vector<char>& buffer) {
    for (int left = burst_max; left > 0 && !ended_; --left) {
        const auto datagram = socket_->receive(buffer);
        if (!datagram || Clock::now() >= give_up_) // too late to tell how old it is
            return;
        hear(*datagram);
    }
}

void Talk::hear(std::string_view datagram) {
    const auto meaning = std::visit(
        [&](auto& dialect) { return dialect.meaning_of(datagram, question_); }, dialect_);
    if (const auto* const suspicion = std::get_if<Suspicion>(&meaning))
        suspicion_ = suspicion->reason;
    else if (std::holds_alternative<AskAgain>(meaning))
        send();
    else if (const auto* const outcome = std::get_if<Outcome>(&meaning))
        settle(*outcome);
}

void Talk::settle(const Outcome& outcome) {
    if (std::holds_alternative<std::vector<mib::Varbind>>(outcome)) {
        conversation_.round_trip =
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked_);
        conversation_.engine_id =
            std::visit([](const auto& dialect) { return dialect.engine_id(); }, dialect_);
    }
    ask(conversation_.next(outcome));
}

void Talk::look_at_clock(Clock::time_point now) {
    if (ended_)
        return;
    if (conversation_.moot && conversation_.moot())
        cancel();
    else if (now >= give_up_)
        settle(suspicion_.value_or(
            std::visit([](const auto& dialect) { return dialect.silence(); }, dialect_)));
    else if (now >= next_try_)
        send();
}

void Talk::cancel() {
    if (ended_)
        return;
    ended_ = true;
    conversation_.next(NoResponse::cancelled);
}

/// The sockets of all talks, and who has something to read.
class Poller {
public:
    Poller() : fd_{::epoll_create1(EPOLL_CLOEXEC)} {}
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;
    ~Poller() {
        if (fd_ >= 0)
            ::close(fd_);
    }

    Result<void> add(Talk& talk) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &talk;
        if (::epoll_ctl(fd_, EPOLL_CTL_ADD, talk.fd(), &event) != 0)
            return failure("epoll: " + std::generic_category().message(errno));
        return {};
    }

    /// Lets who has something to read do so.
    Result<void> wait(std::chrono::milliseconds at_most, std::vector<char>& buffer) {
        const int count = ::epoll_wait(fd_, events_.data(), static_cast<int>(events_.size()),
                                       static_cast<int>(at_most.count()));
        if (count < 0 && errno != EINTR)
            return failure("epoll: " + std::generic_category().message(errno));
        for (int place = 0; place < count; ++place)
            static_cast<Talk*>(events_[static_cast<std::size_t>(place)].data.ptr)->read(buffer);
        return {};
    }

private:
    static constexpr std::size_t events_max = 256;
    int fd_;
    std::array<epoll_event, events_max> events_{};
};

/// All conversations of an exchange.
class Exchange {
public:
    Exchange(const Access& access, const Later& later) : access_{access}, later_{later} {
        if (later.begin)
            later_at_ = Clock::now() + later.after;
    }

    Result<void> add(std::vector<Conversation>& conversations);
    /// Until all have ended, or `cancelled`.
    Result<void> hold(const std::atomic<bool>& cancelled);

private:
    void drop_the_ended();
    Result<void> add_the_later();
    [[nodiscard]] std::chrono::milliseconds patience() const;

    const Access& access_;
    const Later& later_;
    std::optional<Clock::time_point> later_at_; // empty: there is none, or it was called
    Poller poller_;
    std::deque<Talk> talks_; // a deque: the poller refers to them
    std::vector<Talk*> under_way_;
    std::vector<char> buffer_ = std::vector<char>(datagram_max);
};

/// A family of addresses that this host does not have makes an agent unreachable and nothing more;
/// it is an error only if no socket at all can be opened.
Result<void> Exchange::add(std::vector<Conversation>& conversations) {
    std::optional<Error> first;
    bool any = conversations.empty();
    const auto before = talks_.size();
    for (auto& conversation : conversations) {
        auto& talk = talks_.emplace_back(access_, conversation);
        auto opened = talk.open();
        if (opened)
            opened = poller_.add(talk);
        any = any || opened;
        if (!opened && !first)
            first = opened.error();
    }
    if (!any)
        return failure(*first);
    for (auto place = before; place < talks_.size(); ++place) {
        talks_[place].begin();
        under_way_.push_back(&talks_[place]);
    }
    return {};
}

void Exchange::drop_the_ended() {
    std::erase_if(under_way_, [](Talk* talk) {
        if (talk->ended())
            talk->close(); // which takes it from the poller
        return talk->ended();
    });
}

Result<void> Exchange::add_the_later() {
    if (!later_at_ || Clock::now() < *later_at_)
        return {};
    later_at_.reset();
    return add(later_.begin());
}

/// Until something is due, and no longer than until the next look at `cancelled`.
std::chrono::milliseconds Exchange::patience() const {
    const auto now = Clock::now();
    auto until = now + cancel_interval;
    if (later_at_)
        until = std::min(until, *later_at_);
    for (const auto* const talk : under_way_)
        until = std::min(until, talk->due());
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(until - now),
                    std::chrono::milliseconds::zero());
}

Result<void> Exchange::hold(const std::atomic<bool>& cancelled) {
    for (;;) {
        drop_the_ended();
        if (under_way_.empty())
            return {};
        if (cancelled) {
            std::ranges::for_each(under_way_, &Talk::cancel);
            return {};
        }
        if (const auto waited = poller_.wait(patience(), buffer_); !waited)
            return failure(waited.error());
        const auto now = Clock::now();
        for (auto* const talk : under_way_)
            talk->look_at_clock(now);
        if (const auto added = add_the_later(); !added)
            return failure(added.error());
    }
}

} // namespace

Result<void> exchange(const Access& access, std::vector<Conversation>& conversations,
                      const std::atomic<bool>& cancelled, const Later& later) {
    Exchange exchange{access, later};
    if (const auto added = exchange.add(conversations); !added)
        return failure(added.error());
    return exchange.hold(cancelled);
}

} // namespace galera::snmp
