"""A random tester of the whole program against the real server.

It walks: people edit files and configurations, save and upload on the web, and run the program,
in an order, and with mishaps, that follow from a seed.
After each step, code that shares nothing with the program looks at the server and at the disk,
and says which promise was broken, if one was.

    python -m tests.walk --seed 7 --steps 100

A walk consists of episodes of a few dozen steps, each of which begins with an empty server.

| module | what it is for |
| --- | --- |
| `items` | what a record or a project holds, read without the program |
| `oracle`, `expected` | what the program may do about an item, and has to do about a record |
| `program` | runs the program in a process of its own that stops before and after each request |
| `people` | what persons do on the web, and in their projects |
| `world` | the server, the clones of the project, and what is true about them |
| `mishaps` | lost answers, late requests, kills, and people who act in the middle of a run |
| `promises` | what is checked after a run |
| `foresight`, `releases`, `at_once` | and after `diff`, `publish`, `discard`, two runs |
| `runs` | runs of the program with all that is checked about them |
| `steps`, `machines` | the steps of which one is chosen at random |
| `walker` | walks, and tells how to follow when a promise is broken |
| `defects` | breaks the program on purpose, to see whether a walk finds it |
"""
