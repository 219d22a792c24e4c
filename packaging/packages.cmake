# cpack -G DEB, cpack -G RPM: one package with everything that is installed.
set(CPACK_PACKAGE_NAME galera-initiator)
set(CPACK_PACKAGE_VENDOR "The Galera Initiator authors")
set(CPACK_PACKAGE_CONTACT "The Galera Initiator authors <maintainers@galera-initiator.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "start a Galera cluster that lost power, from the right node")
set(CPACK_PACKAGE_DESCRIPTION
"A Galera cluster that has lost power as a whole does not start by itself: one
node must be started as a new cluster, and it must be one that holds every
acknowledged transaction. Galera Initiator does it unattended: every node
publishes over SNMP what it knows, and each starts its database only when it
can show that nothing acknowledged gets lost.")
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(DEB ${CMAKE_CURRENT_SOURCE_DIR}/deb)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "snmpd, mariadb-server | virtual-mysql-server")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "galera-4")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "snmp, bash-completion")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CONFIGURED}/deb/conffiles ${DEB}/postinst ${DEB}/prerm
  ${DEB}/postrm ${DEB}/triggers)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(WRITE ${CONFIGURED}/deb/conffiles "/etc/snmp/snmpd.conf.d/galera-initiator.conf\n")

# What Debian wants beside: the licence under its name, and a changelog of the package.
if(EXISTS /etc/debian_version)
  configure_file(${PROJECT_SOURCE_DIR}/LICENSE ${CONFIGURED}/deb/copyright COPYONLY)
  configure_file(deb/changelog.in ${CONFIGURED}/deb/changelog.Debian @ONLY)
  foreach(file ${CONFIGURED}/deb/changelog.Debian ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
    get_filename_component(name ${file} NAME)
    string(REPLACE CHANGELOG.md changelog name ${name})
    add_custom_command(OUTPUT ${CONFIGURED}/deb/${name}.gz
      COMMAND sh -c "gzip -9nc \"$0\" >\"$1\"" ${file} ${CONFIGURED}/deb/${name}.gz
      DEPENDS ${file} VERBATIM)
    list(APPEND DEBIAN_FILES ${CONFIGURED}/deb/${name}.gz)
  endforeach()
  add_custom_target(debian_files ALL DEPENDS ${DEBIAN_FILES})
  install(FILES ${DEBIAN_FILES} ${CONFIGURED}/deb/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(FILES deb/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
    RENAME galera-initiator)
endif()

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_GROUP Applications/Databases)
set(CPACK_RPM_PACKAGE_REQUIRES "net-snmp, util-linux")
set(CPACK_RPM_PACKAGE_SUGGESTS "mariadb-server, mariadb-server-galera")
set(CPACK_RPM_USER_FILELIST "%config(noreplace) /etc/snmp/snmpd.conf.d/galera-initiator.conf")
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${CMAKE_CURRENT_SOURCE_DIR}/rpm/preun)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /etc/snmp /etc/snmp/snmpd.conf.d
  /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/system-generators /usr/libexec
  /usr/share/man /usr/share/man/man5 /usr/share/man/man8 /usr/share/snmp /usr/share/snmp/mibs
  /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/zsh
  /usr/share/zsh/vendor-completions /usr/share/zsh/site-functions /usr/share/lintian
  /usr/share/lintian/overrides)
include(CPack)
