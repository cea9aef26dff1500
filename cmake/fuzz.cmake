# SPDX-License-Identifier: Apache-2.0
# Every fuzz/fuzz_NAME.c is a libFuzzer target that begins with the files of fuzz/seeds/NAME. Only with clang and
# -DALOFT_FUZZ=ON; `./dev fuzz` builds and runs them.
if(NOT ALOFT_FUZZ)
  return()
endif()
add_custom_target(fuzz_all)
file(GLOB fuzz_targets CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(file ${fuzz_targets})
  get_filename_component(target ${file} NAME_WE)
  add_executable(${target} ${file})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src
    ${CMAKE_SOURCE_DIR}/port)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${target} PRIVATE aloft_smartthings aloft_st_standin aloft_server aloft_host aloft_posix
    aloft_sim aloft_core aloft_crypto_openssl)
  add_dependencies(fuzz_all ${target})
endforeach()
