# SPDX-License-Identifier: Apache-2.0
# The stand-in of the SmartThings cloud and app. What reads foreign bytes is a library of its own, tested everywhere; the
# program is left out where libmosquitto is not there: only `./dev demo smartthings` needs it, which installs it, and
# nothing else links an MQTT library.
add_library(aloft_st_standin STATIC smartthings/standin/words.c smartthings/standin/cloud.c
  smartthings/standin/token.c)
target_compile_definitions(aloft_st_standin PRIVATE _GNU_SOURCE)
target_link_libraries(aloft_st_standin PUBLIC PkgConfig::CJSON PkgConfig::OPENSSL)
pkg_check_modules(MOSQUITTO IMPORTED_TARGET libmosquitto)
if(NOT MOSQUITTO_FOUND)
  return()
endif()
add_executable(aloft-smartthings smartthings/standin/app.c smartthings/standin/screen.c)
target_compile_definitions(aloft-smartthings PRIVATE _GNU_SOURCE)
target_link_libraries(aloft-smartthings PRIVATE aloft_st_standin PkgConfig::MOSQUITTO)
