# SPDX-License-Identifier: Apache-2.0
# Every test/KIND/test_*.c is a program with cmocka; every test_*.sh of test/e2e, test/size and test/narrow is run
# with the build folder in $ALOFT_BUILD; one that exits with 77 could not be run on this machine.
# Tests in test/vectors run once with each crypto adapter.

file(GLOB kit_sources CONFIGURE_DEPENDS test/kit/*.c)
add_library(aloft_kit STATIC ${kit_sources})
target_include_directories(aloft_kit PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include
  ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/port)
target_compile_definitions(aloft_kit PUBLIC _GNU_SOURCE ALOFT_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  ALOFT_BINARY_DIR="${CMAKE_BINARY_DIR}")
target_link_libraries(aloft_kit PUBLIC aloft_core aloft_sim PkgConfig::CMOCKA PRIVATE PkgConfig::OPENSSL)

function(program_test file crypto suffix)
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(kind ${folder} NAME)
  set(target ${name}${suffix})
  add_executable(${target} ${file})
  target_link_libraries(${target} PRIVATE aloft_kit aloft_smartthings aloft_st_standin aloft_server aloft_host aloft_posix
    aloft_sim $<LINK_GROUP:RESCAN,aloft_core,${crypto}> PkgConfig::SQLITE PkgConfig::UV)
  set(counted "")
  if(target STREQUAL test_attacks) # RELIABILITY.md tells of it
    set(counted tools/result attacks)
  endif()
  add_test(NAME ${kind}/${target} COMMAND ${counted} $<TARGET_FILE:${target}> WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${kind}/${target} PROPERTIES LABELS ${kind} TIMEOUT 240
    ENVIRONMENT "ALOFT_BUILD=${CMAKE_BINARY_DIR}")
endfunction()

if(ALOFT_SANITIZE) # a minute there in full
  set_source_files_properties(test/power/test_log_power.c PROPERTIES COMPILE_DEFINITIONS "CASES=300u")
endif()
file(GLOB program_tests CONFIGURE_DEPENDS test/unit/test_*.c test/prop/test_*.c test/power/test_*.c
  test/net/test_*.c test/port/test_*.c test/size/test_*.c)
foreach(file ${program_tests})
  program_test(${file} aloft_crypto_openssl "")
endforeach()
file(GLOB vector_tests CONFIGURE_DEPENDS test/vectors/test_*.c)
foreach(file ${vector_tests})
  program_test(${file} aloft_crypto_openssl _openssl)
  program_test(${file} aloft_crypto_mbedtls _mbedtls)
  program_test(${file} aloft_crypto_psa _psa)
endforeach()

# Each target of fuzz/ as a program that runs over every short input and every change of its seeds
file(GLOB hostile_targets CONFIGURE_DEPENDS fuzz/fuzz_*.c)
foreach(file ${hostile_targets})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE fuzz_ every_ name ${name})
  add_executable(${name} test/hostile/every.c ${file})
  target_link_libraries(${name} PRIVATE aloft_kit aloft_smartthings aloft_st_standin aloft_server
    aloft_host aloft_posix aloft_sim $<LINK_GROUP:RESCAN,aloft_core,aloft_crypto_openssl>)
endforeach()

# Power cuts by the million: each right signature is checked once a process. ./dev bench power runs it for longer.
file(GLOB power_sources CONFIGURE_DEPENDS test/power/*.c)
list(FILTER power_sources EXCLUDE REGEX "/test_[^/]*$")
add_executable(power ${power_sources})
target_link_options(power PRIVATE -Wl,--wrap=aloft_verify)
target_link_libraries(power PRIVATE aloft_sim $<LINK_GROUP:RESCAN,aloft_kit,aloft_host,aloft_core,aloft_crypto_openssl>)
set(power_plan --cases 850000 --prefixes 8) # comes to more than 1,000,000 distinct ones
if(ALOFT_SANITIZE)
  set(power_plan --cases 5000 --random-only)
endif()
add_test(NAME power/power COMMAND tools/result power $<TARGET_FILE:power> ${power_plan}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(power/power PROPERTIES LABELS power TIMEOUT 900 PROCESSORS 4
  ENVIRONMENT "ALOFT_BUILD=${CMAKE_BINARY_DIR}")

# The library broken on purpose: builds a copy of the tree, and so it is not for the sanitizers as well.
if(NOT ALOFT_SANITIZE)
  add_test(NAME faults/faults COMMAND tools/result faults tools/faults WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(faults/faults PROPERTIES LABELS faults TIMEOUT 600 PROCESSORS 4)
endif()

# The network, by each byte and by the year; ./dev bench fleet lives a thousand device years.
set(every_byte_plan 1)
set(every_call_plan)
set(fleet_plan --devices 60)
if(ALOFT_SANITIZE)
  set(every_byte_plan 11)
  set(fleet_plan --devices 5)
endif()
foreach(name every_byte every_call fleet)
  add_executable(${name} test/net/${name}.c)
  target_link_options(${name} PRIVATE -Wl,--wrap=aloft_verify)
  target_link_libraries(${name} PRIVATE aloft_sim
    $<LINK_GROUP:RESCAN,aloft_kit,aloft_host,aloft_core,aloft_crypto_openssl>)
  add_test(NAME net/${name} COMMAND tools/result ${name} $<TARGET_FILE:${name}> ${${name}_plan}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(net/${name} PROPERTIES LABELS net TIMEOUT 300 ENVIRONMENT "ALOFT_BUILD=${CMAKE_BINARY_DIR}")
endforeach()

# a client with mbedTLS as old devices have it
add_executable(tls_client test/e2e/tls_client.c)
target_link_libraries(tls_client PRIVATE ${MBEDTLS} ${MBEDX509} ${MBEDCRYPTO})

# Firmware that crashes on purpose must die by its signal, also where the sanitizer would turn that into an exit.
file(GLOB shell_tests CONFIGURE_DEPENDS test/e2e/test_*.sh test/size/test_*.sh
  test/narrow/test_*.sh test/model/test_*.sh test/hostile/test_*.sh)
if(ALOFT_SANITIZE) # other processors have compilers of their own, and these two meet the thread sanitizer: once is enough
  list(FILTER shell_tests EXCLUDE REGEX "/test/narrow/|/test_esp32_(app|bridge)\\.sh$")
endif()
foreach(file ${shell_tests})
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(folder ${file} DIRECTORY)
  get_filename_component(kind ${folder} NAME)
  set(keep)
  if(kind STREQUAL model)
    set(keep tools/result ${kind})
  endif()
  add_test(NAME ${kind}/${name} COMMAND ${keep} sh ${file} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${kind}/${name} PROPERTIES LABELS ${kind} TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT
    "ALOFT_BUILD=${CMAKE_BINARY_DIR};ALOFT=${CMAKE_BINARY_DIR}/aloft;ASAN_OPTIONS=handle_segv=0:handle_abort=0")
endforeach()

# The gallery of faults waits more than it works; it runs once, with what is shipped.
if(NOT ALOFT_SANITIZE)
  add_test(NAME gallery/faults COMMAND sh test/gallery/test_gallery.sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(gallery/faults PROPERTIES LABELS gallery TIMEOUT 300 SKIP_RETURN_CODE 77
    ENVIRONMENT "ALOFT_BUILD=${CMAKE_BINARY_DIR};ALOFT=${CMAKE_BINARY_DIR}/aloft")
endif()

# Programs that shell tests and the demo's scenes use
file(GLOB test_programs CONFIGURE_DEPENDS test/programs/*.c)
foreach(file ${test_programs})
  get_filename_component(name ${file} NAME_WE)
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE aloft_kit aloft_host aloft_posix aloft_core aloft_crypto_openssl)
endforeach()

# The ESP-IDF component over a model of ESP-IDF. Every test/esp/test_*.c is a program; esp_cuts cuts the power.
file(GLOB board_sources CONFIGURE_DEPENDS test/esp/*.c)
list(FILTER board_sources EXCLUDE REGEX "/(test_[^/]*|cuts)\\.c$")
add_library(aloft_board STATIC ${board_sources})
target_link_libraries(aloft_board PUBLIC aloft_kit aloft_esp PRIVATE ${MBEDTLS} ${MBEDX509} ${MBEDCRYPTO})
file(GLOB esp_tests CONFIGURE_DEPENDS test/esp/test_*.c)
foreach(file ${esp_tests} test/esp/cuts.c)
  get_filename_component(name ${file} NAME_WE)
  if(name STREQUAL cuts)
    set(name esp_cuts)
  endif()
  add_executable(${name} ${file})
  target_link_libraries(${name} PRIVATE
    $<LINK_GROUP:RESCAN,aloft_board,aloft_kit,aloft_esp,aloft_sim,aloft_core,aloft_crypto_openssl>)
endforeach()
target_link_options(esp_cuts PRIVATE -Wl,--wrap=aloft_verify)
foreach(file ${esp_tests})
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME port/${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(port/${name} PROPERTIES LABELS port TIMEOUT 240)
endforeach()
set(esp_cuts_plan --random 40)
if(ALOFT_SANITIZE)
  set(esp_cuts_plan --sparse)
endif()
add_test(NAME power/esp_cuts COMMAND tools/result esp-cuts $<TARGET_FILE:esp_cuts> ${esp_cuts_plan}
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(power/esp_cuts PROPERTIES LABELS power TIMEOUT 300
  ENVIRONMENT "ALOFT_BUILD=${CMAKE_BINARY_DIR}")

# The boot loader of the model around the application as a process: test/e2e/test_esp32_chip.sh
add_executable(board_power test/ota_demo/power.c test/ota_demo/kept.c test/esp/model_boot.c test/esp/model_flash.c
  test/esp/model_system.c test/esp/model_table.c)
target_compile_definitions(board_power PRIVATE _GNU_SOURCE)
target_include_directories(board_power PRIVATE ${CMAKE_SOURCE_DIR} port)
target_link_libraries(board_power PRIVATE aloft_esp aloft_sim)

# What ESP-IDF's target linux has in place of a boot loader, with real programs in the slots
add_executable(esp_linux_firmware test/esp/linux/firmware.c test/esp/linux/flash_file.c test/ota_demo/kept.c
  test/esp/model_flash.c test/esp/model_system.c test/esp/model_table.c esp32/component/loader.c esp32/component/loader_linux.c
  esp32/component/notes.c esp32/component/table.c)
target_compile_definitions(esp_linux_firmware PRIVATE _GNU_SOURCE)
target_include_directories(esp_linux_firmware PRIVATE ${CMAKE_SOURCE_DIR} include port esp32/component/include test/esp/idf)
target_link_libraries(esp_linux_firmware PRIVATE aloft_sim)
target_link_options(esp_linux_firmware PRIVATE -Wl,--wrap=esp_partition_find_first)

# Two processors are counted as four halves (ctest -j 4 in dev): a test takes two of them, one that waits more than it
# works takes one, one that works with two processes takes all.
set(waiting gallery/faults e2e/test_mdns e2e/test_doctor_road e2e/test_serve_clients e2e/test_watch
  e2e/test_server_faults e2e/test_smartthings e2e/test_esp32_people e2e/test_esp32_chip
  e2e/test_esp32_bridge e2e/test_esp32_app)
get_property(every_test DIRECTORY PROPERTY TESTS)
foreach(name ${every_test})
  get_test_property(${name} PROCESSORS halves)
  if(name IN_LIST waiting)
    set_tests_properties(${name} PROPERTIES PROCESSORS 1)
  elseif(NOT halves)
    set_tests_properties(${name} PROPERTIES PROCESSORS 2)
  endif()
endforeach()
