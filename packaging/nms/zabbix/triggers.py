"""What the Zabbix template raises an alarm for: the conditions of prometheus/alerts.yml.

Each: name, priority, expression, what to do, the names of those that hide it. '//KEY' is an item of
the template.
"""

UNREACHABLE = "Galera: the SNMP daemon does not answer"
NO_AGENT = "Galera: galera-agentx is absent"

TRIGGERS = [
    (
        UNREACHABLE,
        "AVERAGE",
        "max(//zabbix[host,snmp,available],5m)=0",
        "Nothing is known of the node. Is the machine up? Does snmpd run there, listen on more than "
        "loopback, and let this Zabbix ask? The database may be well.",
        [],
    ),
    (
        NO_AGENT,
        "AVERAGE",
        "nodata(//galeraSnapshotId,5m)=1",
        "snmpd answers, and nobody serves GALERA-INITIATOR-MIB under it: start galera-agentx on the node, "
        "and read its log. While it is away, the initiators of other nodes take this node for silent.",
        [UNREACHABLE],
    ),
    (
        "Galera: the node is in no Primary component",
        "DISASTER",
        "min(//galeraClusterStatus,1m)>=3",
        "Its server runs and refuses queries: it has lost the majority of the cluster. Look at the network "
        "between the nodes first. If other nodes are Primary, this one comes back by itself when it reaches "
        "them. If none is: `galera-initiator status` on each says who holds what. Do not bootstrap by hand.",
        [],
    ),
    (
        "Galera: the cluster is smaller than its roster",
        "WARNING",
        "max(//galeraClusterSize,10m)-{$GALERA.ARBITRATORS}<last(//galeraPeerCount)",
        "The component of this node has fewer data nodes than the configuration names. Find the missing one "
        "and start it by `galera-initiator start`, or take it out of wsrep_cluster_address on all nodes.",
        [],
    ),
    (
        "Galera: the node is not Synced",
        "AVERAGE",
        'count(//galeraNodeState,{$GALERA.NOT.SYNCED.TIME},"eq","6")=0',
        "No client should use it. Joining and donor may last for as long as an SST takes; see Transfer. If "
        "its server is stopped, `galera-initiator plan` on the node says what stands in the way.",
        [NO_AGENT, UNREACHABLE],
    ),
    (
        "Galera: the node is behind the others",
        "WARNING",
        "min(//galera.behind,3m)>0 and last(//galeraClusterStatus)=2",
        "For three minutes it has not reached where the furthest node was a minute before. Look at its "
        "disks, at long transactions, at wsrep_slave_threads, and whether it was desynced by hand.",
        [],
    ),
    (
        "Galera: flow control takes more than {$GALERA.PAUSED.MAX} % of the time",
        "WARNING",
        "min(//galeraFlowControlPausedNs,5m)>{$GALERA.PAUSED.MAX}",
        "All nodes wait for the slowest. That one is it whose 'Flow control sent' rises: look at its disks "
        "and at wsrep_slave_threads there.",
        [],
    ),
    (
        "Galera: the initiator has refused to start the database",
        "DISASTER",
        "last(//galeraInitiatorVerdict)=4 and last(//galeraNodeState)<>6",
        "It needs you: going on by itself could lose data. 'Initiator sentence' says why, and about which "
        "nodes; the README has each reason. `galera-initiator plan` says it anew after you changed something.",
        [NO_AGENT],
    ),
    (
        "Galera: the initiator waits for other nodes",
        "HIGH",
        "min(//galeraInitiatorPhase,{$GALERA.WAIT.TIME})>0 and min(//galeraInitiatorVerdict,{$GALERA.WAIT.TIME})=3 "
        "and max(//galeraInitiatorVerdict,{$GALERA.WAIT.TIME})=3",
        "The database is down until they report. 'Initiator missing' names them and says what each lacks: "
        "power them on, and start snmpd and galera-agentx there. A node that will never come back is left "
        "out by --assume-lost ADDRESS.",
        [NO_AGENT],
    ),
    (
        "Galera: what the agent says is stale",
        "AVERAGE",
        "min(//galeraSnapshotAge,3m)>3*last(//galeraSampleInterval)",
        "galera-agentx runs and no longer looks at the node; what it shows is old, and no initiator counts "
        "it. Its disk or the database hangs, or the agent does: read its log, and start it anew.",
        [NO_AGENT],
    ),
    (
        "Galera: the agent cannot read everything",
        "WARNING",
        "min(//galeraCollectorState,5m)=3",
        "'Last error' says what it cannot read and what to do about it: often the login of its user at the "
        "server, or the permissions of the data directory.",
        [NO_AGENT],
    ),
]

PEER_TRIGGERS = [
    (
        "Galera: the initiator gets no report from {#ADDRESS} ({#NAME})",
        "WARNING",
        "min(//galeraInitiatorPhase,5m)>0 and min(//galeraPeerReachability[{#SNMPINDEX}],5m)>=3",
        "'Reachability' of the peer says why: whether it is silent, not authentic, or has no agent. A node "
        "that does not report can keep the cluster from starting.",
        [],
    ),
]
