# What an installation consists of, and the Debian package of it: `cpack -G DEB` in the folder of a release build.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # tests and benchmarks are no part of it
include(GNUInstallDirs)

# DuckDB is in no Debian release; `hts` looks for its library here.
install(FILES ${DUCKDB_ROOT}/lib/libduckdb.so DESTINATION lib/hts)
install(FILES ${PROJECT_SOURCE_DIR}/deploy/systemd/hts.service DESTINATION lib/systemd/system)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/hts FILES_MATCHING PATTERN "*.md")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/hts RENAME copyright)
# An installation below another prefix keeps its configuration there. file(INSTALL) heeds DESTDIR.
install(CODE "
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(HTS_ETC \"/etc\")
  else()
    set(HTS_ETC \"\${CMAKE_INSTALL_PREFIX}/etc\")
  endif()
  file(INSTALL \"${PROJECT_SOURCE_DIR}/deploy/debian/hts.conf\" DESTINATION \"\${HTS_ETC}/hts\")
  file(INSTALL \"${PROJECT_SOURCE_DIR}/deploy/debian/logrotate\" DESTINATION \"\${HTS_ETC}/logrotate.d\" RENAME hts)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hts)
set(CPACK_PACKAGE_VENDOR "HTS Engine")
set(CPACK_PACKAGE_CONTACT "HTS Engine <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "backtesting and paper trading of crypto strategies")
set(CPACK_PACKAGE_DESCRIPTION "A daemon and a program for backtests on candles in Parquet files,
 paper trading on live prices, and an HTTP API for both.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.51), ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/deploy/debian/conffiles ${PROJECT_SOURCE_DIR}/deploy/debian/postinst
    ${PROJECT_SOURCE_DIR}/deploy/debian/prerm ${PROJECT_SOURCE_DIR}/deploy/debian/postrm)
include(CPack)
