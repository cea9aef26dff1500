# SPDX-License-Identifier: Apache-2.0
# What the ESP32 application decides by itself, for its tests; the rest of it is built by ESP-IDF.
room(aloft_ota_demo esp32/ota_demo/parts)
target_link_libraries(aloft_ota_demo PUBLIC aloft_core)
foreach(target test_presses test_bridge test_ota_demo_words fuzz_bridge every_bridge)
  if(TARGET ${target})
    target_link_libraries(${target} PRIVATE aloft_ota_demo)
  endif()
endforeach()

# The bridge's chip half, over the model of ESP-IDF
target_sources(test_esp_bridge PRIVATE esp32/ota_demo/chip/bridge_nvs.c)
target_compile_definitions(test_esp_bridge PRIVATE CONFIG_ALOFT_BRIDGE=1 PROJECT_VER="2.0.0" _GNU_SOURCE)
target_include_directories(test_esp_bridge BEFORE PRIVATE test/ota_demo/idf esp32/ota_demo/parts)
target_link_libraries(test_esp_bridge PRIVATE aloft_ota_demo)
