# SPDX-License-Identifier: Apache-2.0
# The stand-in of the SmartThings cloud and app. Left out where libmosquitto is not there: only `./dev demo smartthings`
# needs it, which installs it; nothing else links an MQTT library.
pkg_check_modules(MOSQUITTO IMPORTED_TARGET libmosquitto)
if(NOT MOSQUITTO_FOUND)
  return()
endif()
add_executable(aloft-smartthings smartthings/standin/app.c)
target_compile_definitions(aloft-smartthings PRIVATE _GNU_SOURCE)
target_link_libraries(aloft-smartthings PRIVATE PkgConfig::MOSQUITTO PkgConfig::CJSON)
