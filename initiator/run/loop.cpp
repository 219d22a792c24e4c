#include "initiator/run/loop.hpp"

#include "initiator/decision/ground.hpp"
#include "initiator/decision/member.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace galera::run {

using decision::Reason;
using decision::VerdictKind;
using node::InitiatorPhase;

namespace {

/// So many surveys in a row must find a joiner stranded before its server is stopped.
constexpr unsigned stranded_surveys_max = 5;

/// So many surveys in a row may pass until a member has learnt its lineage from another.
constexpr unsigned unsettled_surveys_max = 5;

/// So many surveys in a row may find a node outside a Primary component that was told to be in one.
constexpr unsigned unrestored_surveys_max = 5;

/// So long does a joiner let others join first, for each place of its own in the roster, and in
/// all. It is a courtesy: who does not get on must not keep others out.
constexpr std::chrono::milliseconds turn_time{3000};
constexpr std::chrono::milliseconds turns_time_max{30'000};
/// How soon to ask again meanwhile.
constexpr std::chrono::milliseconds turn_pause{200};

/// How soon to ask again at most: for a first report, and where something has just changed.
constexpr std::chrono::milliseconds pause_min{50};

/// After a change the pauses grow: each is this part of the time since then.
constexpr int pause_part = 8;

const NodeReport* fresh_report(const decision::Answer& answer, const decision::Rules& rules) {
    const auto* report = answer.report();
    return report && is_fresh(*report, rules) ? report : nullptr;
}

const NodeReport* fresh_local_report(const decision::Survey& survey, const decision::Rules& rules) {
    return fresh_report(survey.here(), rules);
}

bool is_another(const decision::Verdict& verdict, const std::optional<decision::Verdict>& before) {
    return !before || verdict.kind != before->kind || verdict.reason != before->reason ||
           verdict.elected != before->elected;
}

bool has_fellow_member(const decision::Survey& survey) {
    return std::ranges::any_of(survey.answers, [&](const decision::Answer& answer) {
        return answer.report() && answer.report() != survey.here().report() &&
               in_primary(*answer.report());
    });
}

bool is_restoration(const std::optional<decision::Verdict>& verdict) {
    return verdict && verdict->reason == Reason::primary_restored;
}

Step act_on(const decision::Verdict& verdict) {
    if (is_restoration(verdict))
        return Restore{verdict};
    return Start{verdict};
}

/// Its initiator is at work, and can be about to start the server: a last recovery comes before.
bool is_about_to_start(const NodeReport& report) {
    return report.status == NodeStatus::initiating && report.seqno_state != SeqnoState::failed;
}

/// Of two claims the lower address keeps.
bool outranks_rivals(const decision::Survey& survey, const decision::Verdict& verdict) {
    return std::ranges::all_of(verdict.named, [&](const decision::Named& rival) {
        return survey.here().node.address < survey.answers[rival.node].node.address;
    });
}

} // namespace

std::optional<std::size_t> joins_first(const decision::Survey& survey,
                                       const decision::Rules& rules) {
    std::vector<const View*> groups; // as the members of the Primary component see it
    for (const auto& answer : survey.answers) {
        const auto* report = fresh_report(answer, rules);
        if (report && in_primary(*report) && report->applied_view)
            groups.push_back(&*report->applied_view);
    }
    const auto is_outside = [&](std::size_t place) {
        return !groups.empty() && std::ranges::none_of(groups, [&](const View* group) {
            return decision::stands_in(*group, survey, place);
        });
    };
    std::optional<std::size_t> before;
    for (std::size_t place = 0; place < survey.answers.size(); ++place) {
        const auto* report = fresh_report(survey.answers[place], rules);
        if (place == survey.local || !report)
            continue;
        if (decision::is_busy(*report) && is_outside(place))
            return place;
        if (place < survey.local && is_about_to_start(*report))
            before = before.value_or(place);
    }
    return before;
}

bool is_stranded(const decision::Survey& survey, const decision::Rules& rules) {
    for (const auto& answer : survey.answers) {
        const auto* report = fresh_report(answer, rules);
        if (!report || in_primary(*report) || decision::is_busy(*report)) // which may be fed
            return false;
    }
    return survey.here().report()->server == ServerState::serving;
}

Loop::Loop(LoopOptions options) : options_{std::move(options)} {}

Step Loop::next(const Answer& answer) {
    return std::visit([this](const auto& what) { return after(what); }, answer);
}

/// The local report tells of a time before this run: a server that it calls Synced may have been
/// killed since, which may be the very reason for the run.
bool Loop::is_out_of_date(const Seen& seen) const {
    const auto* here = fresh_local_report(seen.survey, options_.rules);
    return stage_ == Stage::surveying && here && here->agent.snapshot_age >= seen.since_begin;
}

Step Loop::after(const Seen& seen) {
    const auto before = std::exchange(verdict_, std::nullopt);
    first_.reset();
    if (is_out_of_date(seen))
        return Pause{pause_min};
    verdict_ = decide(seen.survey, options_.rules, published_ == InitiatorPhase::claiming);
    if (is_another(*verdict_, before))
        changed_at_ = seen.since_begin;
    switch (stage_) {
    case Stage::surveying:
        if (const auto learning = learn(seen, Look{}))
            return *learning;
        return after_survey(seen);
    case Stage::claimed:
        return after_claim(seen);
    case Stage::confirming:
        return after_confirmation(seen);
    case Stage::starting:
        break;
    }
    return watch_start(seen);
}

Step Loop::after(Done) {
    return std::exchange(then_, std::nullopt).value_or(Look{});
}

Step Loop::after(StartOutcome outcome) {
    switch (outcome) {
    case StartOutcome::started:
        stage_ = Stage::starting;
        let_for_ = {};
        let_at_.reset();
        stranded_surveys_ = 0;
        unrestored_surveys_ = 0;
        return Look{};
    case StartOutcome::ground_changed:
        return withdraw();
    case StartOutcome::failed:
        break;
    }
    return End{ExitStatus::server_failed};
}

Step Loop::after_survey(const Seen& seen) {
    switch (verdict_->kind) {
    case VerdictKind::refuse:
        return End{ExitStatus::refused};
    case VerdictKind::wait:
        return wait_on(seen);
    case VerdictKind::join:
        if (verdict_->reason == Reason::already_member)
            return settle(seen);
        if (lets_another_first(seen))
            return Pause{turn_pause};
        acting_on_ = verdict_;
        return publish(InitiatorPhase::joining, Start{*verdict_});
    case VerdictKind::bootstrap:
        break;
    }
    stage_ = Stage::claimed;
    claimed_verdict_ = verdict_;
    return publish(InitiatorPhase::claiming, Look{});
}

bool Loop::lets_another_first(const Seen& seen) {
    // By its place: those who wait for one that hangs do not all give up at once.
    const auto turns = static_cast<int>(seen.survey.local) + 1;
    if (let_for_ >= std::min(turns * turn_time, turns_time_max) || is_timed_out(seen))
        return false;
    first_ = joins_first(seen.survey, options_.rules);
    if (!first_)
        return false;
    // Other verdicts may come between.
    let_for_ += std::min(seen.since_begin - let_at_.value_or(seen.since_begin), turn_time);
    let_at_ = seen.since_begin;
    return true;
}

Step Loop::after_claim(const Seen& seen) {
    // A component may have come together by itself: the claim will not be seen any more.
    if (verdict_->kind == VerdictKind::join)
        return withdraw();
    const auto* here = fresh_local_report(seen.survey, options_.rules);
    if (!here || here->status != NodeStatus::locked)
        return wait_on(seen);
    // Peers can see the claim from here on. A survey that begins now sees every claim that was
    // visible before this one, so of two rivals at least one sees the other.
    stage_ = Stage::confirming;
    return Look{};
}

Step Loop::after_confirmation(const Seen& seen) {
    if (verdict_->reason == Reason::rival_claim && outranks_rivals(seen.survey, *verdict_))
        return wait_on(seen);
    const auto* here = fresh_local_report(seen.survey, options_.rules);
    const bool still_claimed = here && here->status == NodeStatus::locked;
    if (!still_claimed || verdict_ != claimed_verdict_)
        return withdraw();
    acting_on_ = verdict_;
    return publish(InitiatorPhase::bootstrapping, act_on(*verdict_));
}

Step Loop::watch_start(const Seen& seen) {
    if (seen.own_server == OwnServer::ended)
        return End{ExitStatus::server_failed};
    if (verdict_->reason == Reason::already_member)
        return settle(seen);
    if (is_restoration(acting_on_))
        return watch_restoration(seen);
    const bool joining = acting_on_ && acting_on_->kind == VerdictKind::join;
    const bool stranded = joining && is_stranded(seen.survey, options_.rules);
    stranded_surveys_ = stranded ? stranded_surveys_ + 1 : 0;
    if (stranded_surveys_ < stranded_surveys_max)
        return stranded ? Pause{options_.poll_interval} : short_pause(seen);
    stage_ = Stage::surveying;
    then_ = Publish{InitiatorPhase::surveying};
    published_ = InitiatorPhase::surveying;
    return Stop{};
}

/// Galera leaves the option without effect where the group is just changing, and a server may end.
Step Loop::watch_restoration(const Seen& seen) {
    const auto* here = fresh_local_report(seen.survey, options_.rules);
    const bool on_its_way = here && in_primary(*here);
    unrestored_surveys_ = on_its_way ? 0 : unrestored_surveys_ + 1;
    if (unrestored_surveys_ < unrestored_surveys_max)
        return on_its_way ? short_pause(seen) : Pause{options_.poll_interval};
    return withdraw();
}

/// The node is a member. What became of the cluster between the verdict and the join is known to
/// those who were there.
Step Loop::settle(const Seen& seen) {
    if (const auto learning = learn(seen, End{ExitStatus::member}))
        return *learning;
    const bool may_learn =
        !learnt_ && !seen.survey.here().report()->lineage && has_fellow_member(seen.survey);
    if (may_learn && ++unsettled_surveys_ < unsettled_surveys_max)
        return Pause{options_.poll_interval};
    return End{ExitStatus::member};
}

/// What others know of the past of this node's data may not be known to anybody tomorrow.
std::optional<Step> Loop::learn(const Seen& seen, const Step& then) {
    auto lineage = lineage_to_learn(seen.survey, options_.rules);
    if (!lineage || lineage == learnt_)
        return std::nullopt;
    learnt_ = lineage;
    then_ = then;
    return Adopt{*seen.survey.here().report()->applied_view, *std::move(lineage)};
}

bool Loop::is_timed_out(const Seen& seen) const {
    const bool limited = options_.wait_timeout > std::chrono::milliseconds{0};
    return limited && seen.since_begin >= options_.wait_timeout;
}

Step Loop::wait_on(const Seen& seen) {
    if (is_timed_out(seen))
        return End{ExitStatus::timed_out};
    return short_pause(seen);
}

/// What has just changed may soon change again: others see a claim, a server becomes a member.
Pause Loop::short_pause(const Seen& seen) const {
    const auto longest = std::max(options_.poll_interval, pause_min);
    return Pause{std::clamp((seen.since_begin - changed_at_) / pause_part, pause_min, longest)};
}

Step Loop::withdraw() {
    stage_ = Stage::surveying;
    claimed_verdict_.reset();
    acting_on_.reset();
    return publish(InitiatorPhase::surveying, Pause{options_.poll_interval});
}

Step Loop::publish(InitiatorPhase phase, Step then) {
    published_ = phase;
    then_ = std::move(then);
    return Publish{phase};
}

} // namespace galera::run
