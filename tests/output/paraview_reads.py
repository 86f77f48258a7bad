"""Run by pvbatch: prints what ParaView finds in each file, a line of JSON for each."""

from __future__ import annotations

import json
import sys

from paraview.simple import IntegrateVariables, OpenDataFile


def content(path):
    reader = OpenDataFile(path)
    reader.UpdatePipelineInformation()
    times = reader.TimestepValues
    integral = IntegrateVariables(Input=reader)
    outputs = []
    for time in times:
        reader.UpdatePipeline(time)
        integral.UpdatePipeline(time)
        area = integral.CellData["Area"].GetRange(0)[0]
        size = reader.GetDataInformation()
        arrays = [*reader.PointData.values(), *reader.CellData.values()]
        ranges = {
            array.GetName(): [array.GetRange(n) for n in range(array.GetNumberOfComponents())]
            for array in arrays
        }
        outputs.append([size.GetNumberOfPoints(), size.GetNumberOfCells(), area, ranges])
    return {"times": list(times), "outputs": outputs}


for path in sys.argv[1:]:
    sys.stdout.write(f"PARAVIEW {json.dumps(content(path))}\n")
