// What the tests include is compiled here, once: see CMakeLists.txt.
