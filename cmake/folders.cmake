# One target a folder, and the dependency rule made physical.
#
# A folder's headers are visible to another folder only through that folder's target: each target exports one
# directory that holds nothing but a link to its own folder, so `#include "adapters/http/server.hpp"` from `engine/`
# does not compile. Who may link whom is checked here too: adapters -> actors -> engine, never the other way.

# hts_add_folder(<folder> [SOURCES ...] [DEPENDS folder...] [LIBRARIES lib...] [PRIVATE_LIBRARIES lib...] [COMPUTES])
#   folder   path below the project root, e.g. engine/market; the target is its name with _ for /, e.g. engine_market
#   DEPENDS  folders whose headers this one may include
#   COMPUTES is optimised under sanitizers too, as engine is; all else waits for others, and compiles in half the time without
function(hts_add_folder FOLDER)
  cmake_parse_arguments(ARG "COMPUTES" "" "SOURCES;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" TARGET ${FOLDER})
  string(REGEX MATCH "^[a-z]+" LAYER ${FOLDER})
  foreach(DEPENDENCY IN LISTS ARG_DEPENDS)
    string(REGEX MATCH "^[a-z]+" DEPENDENCY_LAYER ${DEPENDENCY})
    if((LAYER STREQUAL "engine" AND NOT DEPENDENCY_LAYER STREQUAL "engine")
       OR (LAYER STREQUAL "actors" AND NOT DEPENDENCY_LAYER MATCHES "^(engine|actors)$")
       OR (LAYER STREQUAL "adapters" AND DEPENDENCY_LAYER STREQUAL "config"))
      message(FATAL_ERROR "${FOLDER} may not depend on ${DEPENDENCY}: dependencies point inward "
                          "(config -> adapters -> actors -> engine).")
    endif()
  endforeach()

  set(EXPORT_ROOT ${CMAKE_BINARY_DIR}/include/${TARGET})
  get_filename_component(PARENT ${EXPORT_ROOT}/${FOLDER} DIRECTORY)
  file(MAKE_DIRECTORY ${PARENT})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${FOLDER} ${EXPORT_ROOT}/${FOLDER} SYMBOLIC)

  list(TRANSFORM ARG_DEPENDS REPLACE "/" "_" OUTPUT_VARIABLE DEPENDENCY_TARGETS)
  if(ARG_SOURCES)
    list(TRANSFORM ARG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/${FOLDER}/)
    add_library(${TARGET} STATIC ${ARG_SOURCES})
    set_target_properties(${TARGET} PROPERTIES UNITY_BUILD ${HTS_UNITY})
    target_include_directories(${TARGET} PUBLIC ${EXPORT_ROOT})
    target_link_libraries(${TARGET} PUBLIC ${DEPENDENCY_TARGETS} ${ARG_LIBRARIES}
                                    PRIVATE hts_compile_options ${ARG_PRIVATE_LIBRARIES})
    if(HTS_SANITIZE AND NOT LAYER STREQUAL "engine" AND NOT ARG_COMPUTES)
      target_compile_options(${TARGET} PRIVATE -O0)
    endif()
  else()
    add_library(${TARGET} INTERFACE)
    target_include_directories(${TARGET} INTERFACE ${EXPORT_ROOT})
    target_link_libraries(${TARGET} INTERFACE ${DEPENDENCY_TARGETS} ${ARG_LIBRARIES})
  endif()
endfunction()

# What every test includes, read once: GoogleTest's headers are most of what a small test compiles. The cache must be
# told that they may come from there. The preset `clang` goes without, and shows what lacks an include.
function(hts_add_test_headers)
  file(WRITE ${CMAKE_BINARY_DIR}/generated/test_headers.cpp "")
  add_library(test_headers OBJECT ${CMAKE_BINARY_DIR}/generated/test_headers.cpp)
  target_link_libraries(test_headers PRIVATE hts_compile_options GTest::gmock)
  target_compile_options(test_headers PRIVATE -O0)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Else it remembers when its headers were written, and a cached one fits no other checkout.
    target_compile_options(test_headers PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  target_precompile_headers(test_headers PRIVATE <algorithm> <chrono> <filesystem> <fstream> <functional> <memory> <optional>
                                                 <span> <string> <vector> <gmock/gmock.h> <gtest/gtest.h>)
  hts_cache_with_test_headers(test_headers)
endfunction()

function(hts_cache_with_test_headers TARGET)
  if(CCACHE_PROGRAM)
    set_target_properties(${TARGET} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${CCACHE_PROGRAM}")
  endif()
endfunction()

# hts_add_tests(<name> SOURCES ... DEPENDS folder... [LIBRARIES lib...] [TIMEOUT seconds] [LABELS ...] [EACH_CASE] [OPTIMISED])
#   One GoogleTest program and one ctest entry: to start a process under a sanitizer takes longer than most tests.
#   EACH_CASE: an entry for each of its test cases, side by side; for programs whose cases take long. OPTIMISED: the
#   tests themselves compute for long. LABELS `threads` marks what the tsan preset runs.
function(hts_add_tests NAME)
  cmake_parse_arguments(ARG "EACH_CASE;OPTIMISED" "TIMEOUT" "SOURCES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  # Whole programs begin first, so that no processor waits for one at the end.
  set(COST COST ${ARG_TIMEOUT})
  list(TRANSFORM ARG_DEPENDS REPLACE "/" "_" OUTPUT_VARIABLE DEPENDENCY_TARGETS)
  add_executable(${NAME} ${ARG_SOURCES})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests
                                           UNITY_BUILD ${HTS_UNITY})
  target_link_libraries(${NAME} PRIVATE ${DEPENDENCY_TARGETS} ${ARG_LIBRARIES} hts_compile_options
                                        GTest::gmock GTest::gtest_main)
  target_compile_definitions(${NAME} PRIVATE HTS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" HTS_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(NOT ARG_OPTIMISED)
    # What is tested stays as it is; a test itself runs for microseconds, and compiles a third faster so.
    target_compile_options(${NAME} PRIVATE -O0)
    if(TARGET test_headers)
      target_precompile_headers(${NAME} REUSE_FROM test_headers)
      hts_cache_with_test_headers(${NAME})
    endif()
  endif()
  if("threads" IN_LIST ARG_LABELS)
    add_dependencies(threaded_tests ${NAME})
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS single_thread)
  endif()
  set(ENVIRONMENT "TSAN_OPTIONS=ignore_noninstrumented_modules=1 halt_on_error=1")
  if(NOT ARG_EACH_CASE)
    add_test(NAME ${NAME} COMMAND ${NAME})
    set_tests_properties(${NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} ${COST} LABELS "${ARG_LABELS}" ENVIRONMENT "${ENVIRONMENT}")
    return()
  endif()
  gtest_discover_tests(${NAME} DISCOVERY_TIMEOUT 60 DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
                       ENVIRONMENT "${ENVIRONMENT}")
endfunction()

# hts_add_benchmark(<name> SOURCES ... DEPENDS folder... [LIBRARIES lib...])
function(hts_add_benchmark NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  list(TRANSFORM ARG_DEPENDS REPLACE "/" "_" OUTPUT_VARIABLE DEPENDENCY_TARGETS)
  add_executable(bench_${NAME} ${ARG_SOURCES})
  set_target_properties(bench_${NAME} PROPERTIES OUTPUT_NAME ${NAME} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  target_link_libraries(bench_${NAME} PRIVATE ${DEPENDENCY_TARGETS} ${ARG_LIBRARIES} hts_compile_options
                                              benchmark::benchmark)
endfunction()
