# Libraries from outside. `deploy/install-dependencies` brings all of them to a Debian machine.

set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS program_options json url system)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
if(NOT DEFINED HTS_BUILD_TESTS OR HTS_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(NOT DEFINED HTS_BUILD_BENCHMARKS OR HTS_BUILD_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# libpqxx has no CMake package in Debian.
find_path(PQXX_INCLUDE_DIR pqxx/connection REQUIRED)
find_library(PQXX_LIBRARY pqxx REQUIRED)
add_library(pqxx_library INTERFACE)
target_include_directories(pqxx_library SYSTEM INTERFACE ${PQXX_INCLUDE_DIR})
target_link_libraries(pqxx_library INTERFACE ${PQXX_LIBRARY})

# hiredis 0.14 comes without a CMake package.
find_path(HIREDIS_INCLUDE_DIR hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis_library INTERFACE)
target_include_directories(hiredis_library SYSTEM INTERFACE ${HIREDIS_INCLUDE_DIR})
target_link_libraries(hiredis_library INTERFACE ${HIREDIS_LIBRARY})

# DuckDB is not in Debian: its C header is needed to build, its shared library only when Parquet is first touched.
set(DUCKDB_ROOT ${PROJECT_SOURCE_DIR}/build/third-party/duckdb CACHE PATH "Folder with include/duckdb.h and lib/libduckdb.so")
if(NOT EXISTS ${DUCKDB_ROOT}/include/duckdb.h)
  message(FATAL_ERROR "No ${DUCKDB_ROOT}/include/duckdb.h: run deploy/install-dependencies, or give -DDUCKDB_ROOT=.")
endif()
add_library(duckdb_header INTERFACE)
target_include_directories(duckdb_header SYSTEM INTERFACE ${DUCKDB_ROOT}/include)
target_compile_definitions(duckdb_header INTERFACE HTS_DUCKDB_LIBRARY_PATH="${DUCKDB_ROOT}/lib/libduckdb.so")

# msgpack-cxx only proves, in the tests, that what the journal writes is msgpack. Header-only; its package conflicts
# with our Boost, which it does not need.
set(MSGPACK_ROOT ${PROJECT_SOURCE_DIR}/build/third-party/msgpack CACHE PATH "Folder with include/msgpack.hpp")
if(NOT DEFINED HTS_BUILD_TESTS OR HTS_BUILD_TESTS)
  if(NOT EXISTS ${MSGPACK_ROOT}/include/msgpack.hpp)
    message(FATAL_ERROR "No ${MSGPACK_ROOT}/include/msgpack.hpp: run deploy/install-dependencies --tests, or give -DMSGPACK_ROOT=.")
  endif()
  add_library(msgpack_header INTERFACE)
  target_include_directories(msgpack_header SYSTEM INTERFACE ${MSGPACK_ROOT}/include)
  target_compile_definitions(msgpack_header INTERFACE MSGPACK_NO_BOOST)
endif()
