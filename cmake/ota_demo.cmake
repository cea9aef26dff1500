# SPDX-License-Identifier: Apache-2.0
# What the ESP32 application decides by itself, for its tests; the rest of it is built by ESP-IDF.
room(aloft_ota_demo esp32/ota_demo/parts)
target_link_libraries(aloft_ota_demo PUBLIC aloft_core)
foreach(target test_presses test_bridge test_ota_demo_words fuzz_bridge every_bridge)
  if(TARGET ${target})
    target_link_libraries(${target} PRIVATE aloft_ota_demo)
  endif()
endforeach()
