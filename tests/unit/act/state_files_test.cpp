// What is changed in a data directory before a server starts, and what never is.
#include "common/node/file.hpp"
#include "common/node/lineage_file.hpp"
#include "initiator/act/state_files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace galera::act {
namespace {

namespace fs = std::filesystem;

const char* const stopped = "# GALERA saved state\nversion: 2.1\n"
                            "uuid:    cd10410b-e722-11f1-badb-936171730e9b\n"
                            "seqno:   -1\nsafe_to_bootstrap: 0\n";
const char* const nil = "# GALERA saved state\nversion: 2.1\n"
                        "uuid:    00000000-0000-0000-0000-000000000000\n"
                        "seqno:   -1\nsafe_to_bootstrap: 0\n";
const char* const permitted = "# GALERA saved state\nversion: 2.1\n"
                              "uuid:    cd10410b-e722-11f1-badb-936171730e9b\n"
                              "seqno:   -1\nsafe_to_bootstrap: 1\n";

class StateFiles : public testing::Test {
protected:
    StateFiles() {
        std::string name = fs::temp_directory_path() / "act.XXXXXX";
        dir_ = ::mkdtemp(name.data());
    }
    ~StateFiles() override {
        std::error_code ignored; // of a directory in the temporary one
        fs::remove_all(dir_, ignored);
    }
    StateFiles(const StateFiles&) = delete;
    StateFiles& operator=(const StateFiles&) = delete;

    void write(const char* name, const std::string& content) const {
        std::ofstream{dir_ / name} << content;
    }
    [[nodiscard]] std::string read(const char* name) const {
        std::ifstream file{dir_ / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    [[nodiscard]] bool there(const char* name) const { return fs::exists(dir_ / name); }

    fs::path dir_;
    History history_{*Uuid::parse("cd10410b-e722-11f1-badb-936171730e9b")};
};

TEST_F(StateFiles, PermitTheBootstrapOfAKnownHistory) {
    for (const auto* before : {stopped, nil, permitted, "", "garbage\n"}) {
        write("grastate.dat", before);
        ASSERT_TRUE(allow_bootstrap(dir_, history_)) << before;
        EXPECT_EQ(read("grastate.dat"), permitted) << before;
    }
    fs::remove(dir_ / "grastate.dat");
    ASSERT_TRUE(allow_bootstrap(dir_, history_));
    EXPECT_EQ(read("grastate.dat"), permitted);
}

TEST_F(StateFiles, KeepTheOldContentBesideTheNew) {
    write("grastate.dat", nil);
    ASSERT_TRUE(allow_bootstrap(dir_, history_));
    EXPECT_EQ(read("grastate.dat.before-bootstrap"), nil);
}

TEST_F(StateFiles, StayAsTheyAreWhereANewClusterMayBegin) {
    ASSERT_TRUE(allow_bootstrap(dir_, std::nullopt));
    EXPECT_FALSE(there("grastate.dat"));
    write("grastate.dat", nil);
    ASSERT_TRUE(allow_bootstrap(dir_, std::nullopt));
    EXPECT_NE(read("grastate.dat").find("safe_to_bootstrap: 1"), std::string::npos);
}

TEST_F(StateFiles, ThatNameAHistoryDenyANewCluster) {
    write("grastate.dat", stopped);
    const auto allowed = allow_bootstrap(dir_, std::nullopt);
    ASSERT_FALSE(allowed);
    EXPECT_NE(allowed.error().text.find("grastate.dat: it names a history"), std::string::npos);
    EXPECT_EQ(read("grastate.dat"), stopped);
}

TEST_F(StateFiles, OfAViewAreSetAside) {
    ASSERT_TRUE(set_view_file_aside(dir_)) << "nothing to do";
    write("gvwstate.dat", "my_uuid: x\n");
    ASSERT_TRUE(set_view_file_aside(dir_));
    EXPECT_FALSE(there("gvwstate.dat"));
    EXPECT_EQ(read("gvwstate.dat.set-aside"), "my_uuid: x\n");
}

TEST_F(StateFiles, AreEmptiedBeforeATransferOverwritesTheData) {
    write("grastate.dat", stopped);
    ASSERT_TRUE(mark_for_transfer(dir_));
    EXPECT_TRUE(there("grastate.dat"));
    EXPECT_EQ(read("grastate.dat"), "");
}

TEST_F(StateFiles, RecordTheErasBeforeAStart) {
    const Era old_era{*Seqno::from(4), *Uuid::parse("11111111-1111-4111-8111-111111111111")};
    decision::Verdict join{.kind = decision::VerdictKind::join};
    join.history = history_;
    join.lineage = Lineage{old_era};
    join.view = View{history_, 3, *Seqno::from(7), {{old_era.name, "n2", "10.0.0.2:3306"}}};
    join.views = {past_of(*join.view)};
    join.start_position = Position{history_, *Seqno::from(6)};
    NodeReport seen;
    seen.applied_view = View{history_, 2, *Seqno::from(5), {}};
    ASSERT_TRUE(record_lineage(dir_ / "state", join, seen));
    const auto record_of = [&] {
        return node::LineageFile::open(dir_ / "state").value().read().value().value();
    };
    EXPECT_EQ(record_of().eras, Lineage{old_era});
    EXPECT_EQ(record_of().last_view, mark_of(*seen.applied_view)) << "of what it keeps";
    EXPECT_EQ(record_of().views, join.views) << "the Primary's, which is what it will hold";
    EXPECT_EQ(record_of().joined_view, mark_of(*join.view)) << "by which the agent knows it again";
    EXPECT_TRUE(record_of().joining);

    join.lineage.reset();
    ASSERT_TRUE(record_lineage(dir_ / "state", join, seen));
    EXPECT_EQ(record_of().eras, Lineage{old_era}) << "a Primary that does not tell changes nothing";
    EXPECT_TRUE(record_of().known);
    EXPECT_TRUE(record_of().joining);

    decision::Verdict bootstrap{.kind = decision::VerdictKind::bootstrap};
    bootstrap.history = history_;
    bootstrap.lineage = Lineage{old_era};
    bootstrap.view = seen.applied_view;
    bootstrap.start_position = Position{history_, *Seqno::from(9)};
    ASSERT_TRUE(record_lineage(dir_ / "state", bootstrap, seen));
    const auto first = record_of();
    ASSERT_EQ(first.eras.size(), 2U);
    EXPECT_FALSE(first.joining);
    EXPECT_EQ(first.eras[1].first.value(), 10);
    ASSERT_TRUE(record_lineage(dir_ / "state", bootstrap, seen));
    EXPECT_NE(record_of().eras[1].name, first.eras[1].name) << "a name is drawn for each bootstrap";

    bootstrap.lineage.reset();
    bootstrap.views = {past_of(*seen.applied_view)};
    ASSERT_TRUE(record_lineage(dir_ / "state", bootstrap, seen));
    EXPECT_FALSE(record_of().known);
    EXPECT_EQ(record_of().views, bootstrap.views) << "by which those who were in them are known";
    const View first_view{history_, 1, *Seqno::from(10), {{old_era.name, "n1", "10.0.0.1:3306"}}};
    const auto seen_up = followed(record_of(), first_view, "n1", old_era.name);
    EXPECT_FALSE(seen_up.known);
    EXPECT_EQ(seen_up.views, (ViewLog{bootstrap.views.front(), past_of(first_view)}));

    ASSERT_TRUE(adopt_lineage(dir_ / "state", *join.view, {old_era}));
    EXPECT_TRUE(record_of().known);
    EXPECT_EQ(record_of().eras, Lineage{old_era}) << "told by a fellow member";
}

TEST_F(StateFiles, RecordNoMoreErasThanAreRead) {
    decision::Verdict bootstrap{.kind = decision::VerdictKind::bootstrap};
    bootstrap.history = history_;
    bootstrap.lineage.emplace();
    for (std::int64_t number = 1; number <= static_cast<std::int64_t>(eras_max); ++number)
        bootstrap.lineage->push_back({*Seqno::from(number), history_});
    bootstrap.start_position = Position{history_, *Seqno::from(999)};
    bootstrap.views = {PastView{{7, *Seqno::from(990)}, 4711}};
    ASSERT_TRUE(record_lineage(dir_ / "state", bootstrap, NodeReport{}));
    const auto record = node::LineageFile::open(dir_ / "state").value().read();
    ASSERT_TRUE(record) << record.error().text;
    EXPECT_FALSE((*record)->known);
    EXPECT_EQ((*record)->views, bootstrap.views) << "by which the others are known";
}

TEST_F(StateFiles, DoNotWaitForWhoKeepsTheLock) {
    const auto holder = node::LineageFile::open(dir_ / "state");
    ASSERT_TRUE(holder);
    const auto other = node::LineageFile::open(dir_ / "state");
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().text.find("cannot lock the directory"), std::string::npos);
}

TEST_F(StateFiles, RecordThatTheErasOfAnotherHistoryAreNotKnown) {
    decision::Verdict join{.kind = decision::VerdictKind::join};
    join.history = history_;
    ASSERT_TRUE(record_lineage(dir_ / "state", join, NodeReport{}));
    EXPECT_FALSE(node::LineageFile::open(dir_ / "state").value().read().value().value().known);
}

} // namespace
} // namespace galera::act
