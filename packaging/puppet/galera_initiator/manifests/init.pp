# Makes a machine that has MariaDB with Galera configured a node that Galera Initiator starts.
#
# @param package_source the Debian package, on the machine itself
# @param credentials what galera-initiator-setup --make-credentials has written
# @param settings lines of galera-initiator.conf
class galera_initiator (
  String $package_source,
  Variant[String, Sensitive[String]] $credentials,
  Array[String] $settings = [],
) {
  package { ['snmpd', 'galera-4']:
    ensure => installed,
  }
  -> package { 'galera-initiator':
    ensure   => installed,
    provider => dpkg,
    source   => $package_source,
  }
  -> file { '/etc/galera-initiator/credentials':
    mode    => '0600',
    content => $credentials,
  }

  $options = $settings.map |$line| { "--set '${line}'" }.join(' ')
  # 3: this node is set up, and another one does not report yet.
  exec { 'galera-initiator-setup':
    command     => "/usr/sbin/galera-initiator-setup --credentials /etc/galera-initiator/credentials ${options}",
    returns     => [0, 3],
    subscribe   => File['/etc/galera-initiator/credentials'],
    refreshonly => true,
  }
  ~> exec { '/bin/systemctl start --no-block galera-initiator.service':
    refreshonly => true,
  }
}
