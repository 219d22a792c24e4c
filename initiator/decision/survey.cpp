#include "initiator/decision/survey.hpp"

namespace galera::decision {

std::string label_of(const Answer& answer) {
    if (answer.name.empty() || answer.name == answer.node.address.text)
        return answer.node.address.text;
    return answer.name + " (" + answer.node.address.text + ")";
}

} // namespace galera::decision
