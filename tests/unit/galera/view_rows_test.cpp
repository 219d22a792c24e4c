// The applied view as the server's tables give it.
#include "common/galera/view_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace galera {
namespace {

using testing::HasSubstr;

const std::string history{"f013c3dd-e87f-11f1-a462-ab7fd210c406"};
const std::string first{"0c4b0a4e-e87f-11f1-8c39-b32163b0b9fa"};
const std::string second{"f0129041-e87f-11f1-8c39-b32163b0b9fa"};

SqlRow row(const std::string& uuid, const std::string& name, const std::string& address) {
    return {history, "3", "30007", uuid, name, address};
}

TEST(ViewRows, MakeAView) {
    const auto view = view_of({row(second, "n2", "10.0.0.2:3306"), row(first, "n1", "")}).value();
    ASSERT_TRUE(view);
    EXPECT_EQ(view->history.text(), history);
    EXPECT_EQ(view->id, 3U);
    EXPECT_EQ(view->seqno, Seqno::from(30007));
    ASSERT_EQ(view->members.size(), 2U);
    EXPECT_EQ(view->members[0].uuid.text(), first) << "in the order of their values";
    EXPECT_EQ(view->members[0].incoming_address, "") << "an arbitrator";
    EXPECT_EQ(view->members[1].name, "n2");
    EXPECT_EQ(view->members[1].incoming_address, "10.0.0.2:3306");
}

TEST(ViewRows, MayBeNoneOrOfNobody) {
    EXPECT_EQ(view_of({}).value(), std::nullopt);
    const auto nobody =
        view_of({{history, "3", "7", std::nullopt, std::nullopt, std::nullopt}}).value();
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(nobody->members.empty());
}

TEST(ViewRows, FailOnWhatIsNoView) {
    const struct {
        SqlRows rows;
        const char* complaint;
    } table[] = {
        {{{history, "3"}}, "2 columns"},
        {{{std::nullopt, "3", "7", first, "n1", ""}}, "'NULL'"},
        {{{"00000000-0000-0000-0000-000000000000", "3", "7", first, "n1", ""}}, "cannot read"},
        {{{history, "x", "7", first, "n1", ""}}, "id 'x'"},
        {{{history, "3", "-1", first, "n1", ""}}, "seqno '-1'"},
        {{{history, "3", "7", "x", "n1", ""}}, "'x' is not a UUID"},
        {{row(first, "n1", ""), {second, "3", "7", second, "n2", ""}}, "two histories"},
        {SqlRows(view_members_max + 1, row(first, "n1", "")), "more than 256 members"},
    };
    for (const auto& bad : table) {
        const auto view = view_of(bad.rows);
        ASSERT_FALSE(view) << bad.complaint;
        EXPECT_THAT(view.error().text, HasSubstr(bad.complaint));
    }
}

} // namespace
} // namespace galera
