#include "initiator/act/unit_bus.hpp"

#include <chrono>
#include <cstdlib>
#include <system_error>
#include <systemd/sd-bus.h>

namespace galera::act {

namespace {

constexpr auto patience = std::chrono::seconds{25};        // D-Bus' own
constexpr auto reload_patience = std::chrono::seconds{90}; // as systemctl daemon-reload has it

constexpr const char* destination = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr const char* service_interface = "org.freedesktop.systemd1.Service";

/// Frees what it holds; sd-bus does not look whether a message is null.
class BusError {
public:
    BusError() = default;
    ~BusError() { ::sd_bus_error_free(&error_); }
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    sd_bus_error* get() { return &error_; }

    /// What went wrong with `what`; `number` is a negative errno.
    [[nodiscard]] Error of(const std::string& what, int number) const {
        const std::string words =
            error_.message != nullptr ? error_.message : std::generic_category().message(-number);
        const bool denied = number == -EACCES || number == -EPERM;
        return Error{"systemd: " + what + ": " + words + (denied ? "; run this as root" : "")};
    }

private:
    sd_bus_error error_{};
};

struct MessageFree {
    void operator()(sd_bus_message* message) const { ::sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageFree>;

struct Free {
    void operator()(void* memory) const {
        ::free(memory); // NOLINT(cppcoreguidelines-no-malloc): the library's
    }
};

/// Reads the properties of one unit; the first failure stays.
class Properties {
public:
    Properties(sd_bus* bus, const std::string& unit) : bus_{bus}, unit_{unit} {
        char* path = nullptr;
        if (const int made =
                ::sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
            made < 0)
            fail("name its object", made, BusError{});
        path_.reset(path);
    }

    void read(const char* interface, const char* name, std::string& value) {
        char* text = nullptr;
        BusError error;
        if (failed_)
            return;
        if (const int got = ::sd_bus_get_property_string(bus_, destination, path_.get(), interface,
                                                         name, error.get(), &text);
            got < 0)
            return fail(name, got, error);
        value = text;
        const std::unique_ptr<char, Free> owner{text};
    }

    template <typename Number>
    void read(const char* interface, const char* name, char type, Number& value) {
        static_assert(sizeof value == 4);
        BusError error;
        if (failed_)
            return;
        if (const int got = ::sd_bus_get_property_trivial(bus_, destination, path_.get(), interface,
                                                          name, error.get(), type, &value);
            got < 0)
            fail(name, got, error);
    }

    void read_job(bool& has_job) {
        sd_bus_message* reply = nullptr;
        BusError error;
        if (failed_)
            return;
        const int got = ::sd_bus_get_property(bus_, destination, path_.get(), unit_interface, "Job",
                                              error.get(), &reply, "(uo)");
        const Message owner{reply};
        std::uint32_t number{0};
        const char* job = nullptr;
        const int read = got < 0 ? got : ::sd_bus_message_read(reply, "(uo)", &number, &job);
        if (read < 0)
            return fail("Job", read, error);
        has_job = number != 0;
    }

    void read(const char* interface, const char* name, std::vector<std::string>& values) {
        char** words = nullptr;
        BusError error;
        if (failed_)
            return;
        if (const int got = ::sd_bus_get_property_strv(bus_, destination, path_.get(), interface,
                                                       name, error.get(), &words);
            got < 0)
            return fail(name, got, error);
        const std::unique_ptr<char*, Free> owner{words};
        for (; words != nullptr && *words != nullptr; ++words) {
            values.emplace_back(*words);
            const std::unique_ptr<char, Free> word{*words};
        }
    }

    [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

private:
    void fail(const std::string& what, int number, const BusError& error) {
        failed_ = error.of(unit_ + ": " + what, number);
    }

    sd_bus* bus_;
    const std::string& unit_;
    std::unique_ptr<char, Free> path_;
    std::optional<Error> failed_;
};

std::uint64_t usec(std::chrono::microseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

/// Without a bus of its own for root, as systemctl does it.
int open_private(sd_bus*& bus) {
    if (const int made = ::sd_bus_new(&bus); made < 0)
        return made;
    if (const int set = ::sd_bus_set_address(bus, "unix:path=/run/systemd/private"); set < 0)
        return set;
    return ::sd_bus_start(bus);
}

} // namespace

void UnitBus::Closer::operator()(sd_bus* bus) const {
    ::sd_bus_flush_close_unref(bus);
}

Result<UnitBus> UnitBus::connect() {
    sd_bus* bus = nullptr;
    int opened = ::sd_bus_open_system(&bus);
    if (opened < 0)
        opened = open_private(bus);
    UnitBus connected{bus};
    if (opened < 0)
        return failure(BusError{}.of("cannot talk to it; does it run here? else set backend to "
                                     "sysv or exec",
                                     opened));
    ::sd_bus_set_method_call_timeout(bus, usec(patience));
    if (auto follows = connected.follow_jobs(); !follows)
        return failure(follows.error());
    return connected;
}

/// Before the first job is queued, so that no end is missed.
Result<void> UnitBus::follow_jobs() {
    const auto take = [](sd_bus_message* message, void* results, sd_bus_error*) noexcept -> int {
        std::uint32_t number{0};
        const char* job = nullptr;
        const char* unit = nullptr;
        const char* result = nullptr;
        if (::sd_bus_message_read(message, "uoss", &number, &job, &unit, &result) >= 0)
            (*static_cast<JobResults*>(results))[job] = result;
        return 0;
    };
    BusError error;
    int done = ::sd_bus_match_signal(bus_.get(), nullptr, nullptr, manager_path, manager,
                                     "JobRemoved", take, ended_jobs_.get());
    sd_bus_message* reply = nullptr;
    if (done >= 0)
        done = ::sd_bus_call_method(bus_.get(), destination, manager_path, manager, "Subscribe",
                                    error.get(), &reply, "");
    const Message owner{reply};
    if (done < 0)
        return failure(error.of("cannot follow its jobs", done));
    return {};
}

Result<UnitState> UnitBus::state_of(const std::string& unit) {
    UnitState state;
    std::uint32_t main_pid{0};
    Properties properties{bus_.get(), unit};
    properties.read(unit_interface, "LoadState", state.load_state);
    properties.read(unit_interface, "ActiveState", state.active_state);
    properties.read(unit_interface, "SubState", state.sub_state);
    properties.read_job(state.has_job);
    properties.read(unit_interface, "DropInPaths", state.drop_ins);
    properties.read(service_interface, "Result", state.result);
    properties.read(service_interface, "MainPID", 'u', main_pid);
    properties.read(service_interface, "ExecMainCode", 'i', state.exit_code);
    properties.read(service_interface, "ExecMainStatus", 'i', state.exit_status);
    if (properties.failed())
        return failure(*properties.failed());
    state.main_pid = static_cast<pid_t>(main_pid);
    return state;
}

Result<void> UnitBus::call(const char* method, const std::string& unit, const char* mode,
                           std::string* job) {
    sd_bus_message* reply = nullptr;
    BusError error;
    const int called =
        mode == nullptr
            ? ::sd_bus_call_method(bus_.get(), destination, manager_path, manager, method,
                                   error.get(), &reply, "s", unit.c_str())
            : ::sd_bus_call_method(bus_.get(), destination, manager_path, manager, method,
                                   error.get(), &reply, "ss", unit.c_str(), mode);
    const Message owner{reply};
    const char* path = nullptr;
    const int read =
        called < 0 || job == nullptr ? called : ::sd_bus_message_read(reply, "o", &path);
    if (read < 0)
        return failure(error.of(std::string{method} + " " + unit, read));
    if (job != nullptr)
        *job = path;
    return {};
}

Result<void> UnitBus::reload() {
    ::sd_bus_set_method_call_timeout(bus_.get(), usec(reload_patience));
    BusError error;
    sd_bus_message* reply = nullptr;
    const int called = ::sd_bus_call_method(bus_.get(), destination, manager_path, manager,
                                            "Reload", error.get(), &reply, "");
    const Message owner{reply};
    ::sd_bus_set_method_call_timeout(bus_.get(), usec(patience));
    if (called < 0)
        return failure(error.of("daemon-reload", called));
    return {};
}

Result<void> UnitBus::reset_failed(const std::string& unit) {
    return call("ResetFailedUnit", unit, nullptr, nullptr);
}

Result<std::string> UnitBus::start(const std::string& unit) {
    std::string job;
    if (auto started = call("StartUnit", unit, "fail", &job); !started)
        return failure(started.error());
    return job;
}

std::optional<std::string> UnitBus::result_of(const std::string& job) {
    while (::sd_bus_process(bus_.get(), nullptr) > 0) {
    }
    const auto found = ended_jobs_->find(job);
    return found == ended_jobs_->end() ? std::nullopt : std::optional{found->second};
}

Result<void> UnitBus::stop(const std::string& unit) {
    std::string job;
    return call("StopUnit", unit, "replace", &job);
}

} // namespace galera::act
