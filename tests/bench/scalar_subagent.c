// The yardstick of the benchmark: the least that serves a scalar over AgentX, as the tutorials of
// Net-SNMP write it. The argument is snmpd's agentXSocket.

// clang-format off
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
// clang-format on

int main(int argc, char** argv) {
    static int value = 2;
    const oid scalar[] = {1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 1, 1};
    if (argc != 2)
        return 2;
    netsnmp_enable_subagent();
    netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
    init_agent("scalar-subagent");
    netsnmp_register_read_only_int_scalar("scalar", scalar, OID_LENGTH(scalar), &value, NULL);
    init_snmp("scalar-subagent");
    while (1)
        agent_check_and_process(1);
}
