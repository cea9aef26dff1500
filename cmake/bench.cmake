# SPDX-License-Identifier: Apache-2.0
# Every bench/NAME.c is a program bench_NAME that bench/run starts. They link the device library as a device does, with
# mbedTLS for hashes. Left out where valgrind's header is not there: only flow.c needs it, and `./dev bench` installs it.
find_path(VALGRIND_INCLUDE valgrind/callgrind.h)
mark_as_advanced(VALGRIND_INCLUDE)
if(NOT VALGRIND_INCLUDE OR ALOFT_SANITIZE)
  return()
endif()
file(GLOB benches CONFIGURE_DEPENDS bench/*.c)
foreach(file ${benches})
  get_filename_component(name ${file} NAME_WE)
  add_executable(bench_${name} ${file})
  target_include_directories(bench_${name} PRIVATE ${VALGRIND_INCLUDE})
  target_link_libraries(bench_${name} PRIVATE aloft_kit aloft_sim
    $<LINK_GROUP:RESCAN,aloft_core,aloft_crypto_mbedtls>)
endforeach()
