# How every file of the project is compiled: warnings, sanitizers, linker, compiler cache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

set(HTS_SANITIZE "" CACHE STRING "address (with undefined) | thread | fuzz | empty")
option(HTS_COVERAGE "Instrument for line coverage" OFF)
option(HTS_WARNINGS_AS_ERRORS "Refuse warnings" ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

option(HTS_UNITY "Compile several sources of a folder as one" ON)
# What a group costs is the headers that its files share, so a group is a folder of usual size. The largest folders are
# split, so that touching one file rebuilds a group that is compiled while one waits.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)

add_library(hts_compile_options INTERFACE)
# Fused multiply-add would make results depend on the processor; equal inputs must give equal trades everywhere.
target_compile_options(hts_compile_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -ffp-contract=off)
if(HTS_WARNINGS_AS_ERRORS)
  target_compile_options(hts_compile_options INTERFACE -Werror)
endif()

# Debian's g++ 12 warns inside its own standard library once it inlines (restrict, maybe-uninitialized in <regex>);
# the same code is clean with clang, which also builds in the `clang` preset.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hts_compile_options INTERFACE -Wno-restrict)
else()
  # The other way round: that library's stable_sort and inplace_merge call what it declares deprecated itself.
  target_compile_options(hts_compile_options INTERFACE -Wno-deprecated-declarations)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
else()
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
endif()

if(HTS_SANITIZE STREQUAL "address")
  # null, vptr, alignment and object-size checks multiply the compile time of Beast units and find what ASan finds anyway.
  set(flags -fsanitize=address,undefined -fno-sanitize=null,vptr,alignment,object-size
            -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(hts_compile_options INTERFACE ${flags})
  target_compile_definitions(hts_compile_options INTERFACE HTS_ADDRESS_SANITIZER)
  target_link_options(hts_compile_options INTERFACE ${flags})
elseif(HTS_SANITIZE STREQUAL "thread")
  target_compile_options(hts_compile_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_compile_definitions(hts_compile_options INTERFACE HTS_THREAD_SANITIZER)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(hts_compile_options INTERFACE -Wno-tsan)
  endif()
  target_link_options(hts_compile_options INTERFACE -fsanitize=thread)
elseif(HTS_SANITIZE STREQUAL "fuzz")
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(hts_compile_options INTERFACE ${flags} -fsanitize=fuzzer-no-link)
  target_compile_definitions(hts_compile_options INTERFACE HTS_ADDRESS_SANITIZER)
  target_link_options(hts_compile_options INTERFACE ${flags})
elseif(HTS_SANITIZE)
  message(FATAL_ERROR "HTS_SANITIZE is '${HTS_SANITIZE}': use address, thread or fuzz.")
endif()

if(HTS_COVERAGE)
  target_compile_options(hts_compile_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(hts_compile_options INTERFACE --coverage)
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  target_link_options(hts_compile_options INTERFACE -fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
target_link_libraries(hts_compile_options INTERFACE Threads::Threads)
