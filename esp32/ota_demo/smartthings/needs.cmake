# SPDX-License-Identifier: Apache-2.0
# What SmartThings needs beside the ESP-IDF. The SDK 2.1.1 is written for ESP-IDF 5.0 and uses parts of mbedTLS 3 that
# ESP-IDF 6 does not have; 5.3 is the oldest that aloft knows. Also run by itself in the tests: cmake -P needs.cmake
if(NOT IDF_VERSION_MAJOR EQUAL 5 OR IDF_VERSION_MINOR LESS 3 OR IDF_VERSION_MINOR GREATER 5)
  message(FATAL_ERROR "SmartThings needs ESP-IDF 5.3 to 5.5, and this is ${IDF_VERSION_MAJOR}.${IDF_VERSION_MINOR}. "
    "Build with one of those, or without sdkconfig.smartthings.")
endif()
if(NOT EXISTS "$ENV{STDK_CORE_PATH}/src/include/st_dev.h")
  message(FATAL_ERROR "The SmartThings device SDK is not in STDK_CORE_PATH (now \"$ENV{STDK_CORE_PATH}\"). "
    "Clone st-device-sdk-c, release 2.1.1, and set STDK_CORE_PATH to its folder.")
endif()
if(NOT EXISTS "${PROFILE}")
  message(FATAL_ERROR "${PROFILE} is missing. Download it from the Developer Workspace, and run "
    "`aloft smartthings identity` for this folder.")
endif()
