"""PyTorch's value and gradient of every operator of the graph, over odd shapes.

Writes operators.json: for each case the operator, our attributes, the inputs, the output, a
cotangent r, and the gradients of sum(output * r). Needs torch. Run: python3 test/golden/operators.py
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(20)
torch.set_default_dtype(torch.float64)
CASES = []


def rounded(t):
    return [float(f"{v:.7g}") for v in t.detach().reshape(-1).tolist()]


def uniform(*shape, low=-2.0, high=2.0, distinct=False):
    t = torch.rand(shape) * (high - low) + low
    if distinct:  # well separated values: no finite difference crosses a maximum or a kink
        count = t.numel()
        t = (torch.randperm(count).reshape(shape) - count / 2 + 0.25) * (high - low) / count
    return torch.tensor([float(f"{v:.5g}") for v in t.reshape(-1).tolist()]).reshape(shape)


def integers(high, *shape):
    return torch.randint(0, high, shape)


def case(op, function, inputs, attributes=None, note="", differentiable=True):
    names = {torch.int64: "int64", torch.bool: "bool", torch.float64: "float32"}
    tensors = [x.detach().clone().requires_grad_(differentiable and x.is_floating_point()) for x in inputs]
    outputs = function(*tensors)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    entry = {
        "op": op,
        "note": note,
        "attributes": attributes or {},
        "inputs": [
            {"dtype": names[x.dtype], "shape": list(x.shape), "data": rounded(x.double())} for x in inputs
        ],
        "outputs": [{"shape": list(y.shape), "data": rounded(y.double())} for y in outputs],
    }
    if differentiable:
        cotangent = uniform(*outputs[0].shape, low=-1, high=1)
        (outputs[0] * cotangent).sum().backward()
        entry["cotangent"] = rounded(cotangent)
        entry["gradients"] = [None if x.grad is None else rounded(x.grad) for x in tensors]
    CASES.append(entry)


def elementwise():
    pairs = [((2, 3), (2, 3)), ((3, 1, 4), (2, 1)), ((5,), ()), ((2, 3, 4, 5), (3, 1, 1)), ((1, 3), (4, 1))]
    for a, b in pairs:
        case("add", torch.add, [uniform(*a), uniform(*b)])
        case("sub", torch.sub, [uniform(*a), uniform(*b)])
        case("mul", torch.mul, [uniform(*a), uniform(*b)])
        case("div", torch.div, [uniform(*a), uniform(*b, low=0.5)])
        case("greater", torch.gt, [uniform(*a), uniform(*b)], differentiable=False)
    case("equal", torch.eq, [integers(3, 4, 5), integers(3, 5)], differentiable=False)
    case("where", torch.where, [uniform(3, 4) > 0, uniform(3, 4), uniform(4)])
    case("where", torch.where, [uniform(3, 1) > 0, uniform(3, 4), uniform()], note="broadcast condition")
    for shape in [(7,), (3, 5), (2, 3, 1, 4)]:
        case("neg", torch.neg, [uniform(*shape)])
        case("exp", torch.exp, [uniform(*shape)])
        case("log", torch.log, [uniform(*shape, low=0.2)])
        case("sqrt", torch.sqrt, [uniform(*shape, low=0.2)])
        case("tanh", torch.tanh, [uniform(*shape)])
        case("sigmoid", torch.sigmoid, [uniform(*shape)])
        case("erf", torch.erf, [uniform(*shape)])
        case("relu", torch.relu, [uniform(*shape, distinct=True)])
        case("positive", lambda x: (x > 0).double(), [uniform(*shape)], differentiable=False)
        case("gelu", F.gelu, [uniform(*shape)])
        case("cast", lambda x: x * 1.0, [uniform(*shape)], {"dtype": "float32"})


def products():
    for ta, tb, bias in [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 0)]:
        a = uniform(*((5, 3) if ta else (3, 5)))
        b = uniform(*((4, 5) if tb else (5, 4)))

        def gemm(x, y, c=None, ta=ta, tb=tb):
            product = (x.T if ta else x) @ (y.T if tb else y)
            return product if c is None else product + c

        inputs = [a, b, uniform(4)] if bias else [a, b]
        case("gemm", gemm, inputs, {"transposeA": bool(ta), "transposeB": bool(tb)})
    for a, b in [((3, 4), (4, 2)), ((2, 3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 2)), ((1, 1), (1, 7))]:
        case("matmul", torch.matmul, [uniform(*a), uniform(*b)])


def window(stride=(1, 1), padding=(0, 0, 0, 0), **more):
    return {"stride": list(stride), "padding": list(padding), **more}


def pad_image(x, padding, value=0.0):
    top, left, bottom, right = padding
    return F.pad(x, (left, right, top, bottom), value=value)


def convolutions():
    shapes = [
        # x, weight, window, bias
        ((2, 1, 8, 8), (4, 1, 3, 3), window(padding=(1, 1, 1, 1)), True),
        ((2, 3, 7, 5), (4, 3, 3, 3), window(padding=(1, 1, 1, 1)), True),
        ((2, 16, 4, 4), (32, 16, 3, 3), window(padding=(1, 1, 1, 1)), True),
        ((1, 16, 4, 6), (16, 16, 3, 3), window(padding=(1, 1, 1, 1)), False),
        ((2, 3, 7, 6), (4, 3, 3, 2), window((2, 2), (1, 0, 1, 1)), False),
        ((1, 2, 9, 8), (3, 2, 3, 3), window((2, 3), (1, 1, 1, 1)), True),
        ((2, 3, 9, 9), (2, 3, 3, 3), window(padding=(2, 2, 2, 2), dilation=[2, 2]), True),
        ((2, 4, 6, 6), (8, 2, 3, 3), window(padding=(1, 1, 1, 1), groups=2), True),
        ((2, 6, 7, 7), (6, 1, 3, 3), window((2, 2), (1, 1, 1, 1), groups=6), True),
        ((2, 5, 4, 4), (3, 5, 1, 1), window(), True),
        ((2, 4, 6, 6), (4, 4, 1, 1), window((2, 2)), False),
        ((1, 2, 5, 5), (2, 2, 5, 5), window(), False),
        ((2, 3, 6, 6), (4, 3, 2, 2), window((1, 1), (0, 0, 1, 1)), False),
        ((1, 1, 1, 9), (2, 1, 1, 4), window((1, 2)), True),
    ]
    for x, w, attributes, bias in shapes:
        attributes = {"dilation": [1, 1], "groups": 1, **attributes}
        options = {
            "stride": attributes["stride"],
            "dilation": attributes["dilation"],
            "groups": attributes["groups"],
        }

        def conv(x, w, b=None, attributes=attributes, options=options):
            return F.conv2d(pad_image(x, attributes["padding"]), w, b, **options)

        inputs = [uniform(*x), uniform(*w)]
        case("conv2d", conv, inputs + ([uniform(w[0])] if bias else []), attributes)
        xs = inputs[0].clone().requires_grad_()
        ws = inputs[1].clone().requires_grad_()
        y = conv(xs, ws)
        dy = uniform(*y.shape)
        dx, dw = torch.autograd.grad(y, (xs, ws), dy)
        case("conv2dInputGradient", lambda *_, dx=dx: dx, [dy, inputs[1]],
             {**attributes, "input": list(x)}, differentiable=False)
        case("conv2dWeightGradient", lambda *_, dw=dw: dw, [inputs[0], dy],
             {**attributes, "weight": list(w)}, differentiable=False)


def pooling():
    shapes = [
        ((2, 3, 6, 8), window((2, 2), kernel=[2, 2])),
        ((2, 16, 6, 6), window((2, 2), kernel=[2, 2])),
        ((1, 2, 7, 5), window((2, 2), kernel=[2, 2])),
        ((2, 2, 7, 7), window((2, 2), (1, 1, 1, 1), kernel=[3, 3])),
        ((1, 1, 5, 6), window((1, 1), kernel=[2, 3])),
        ((2, 1, 6, 6), window((3, 3), kernel=[2, 2])),
        ((2, 1, 6, 6), window((3, 2), kernel=[3, 2])),
    ]
    for shape, attributes in shapes:
        kernel, stride, padding = (attributes[k] for k in ("kernel", "stride", "padding"))

        def max_pool(x, kernel=kernel, stride=stride, padding=padding):
            return F.max_pool2d(pad_image(x, padding, -math.inf), kernel, stride)

        def avg_pool(x, kernel=kernel, stride=stride, padding=padding):
            return F.avg_pool2d(pad_image(x, padding), kernel, stride)

        case("maxPool2d", max_pool, [uniform(*shape, distinct=True)], attributes)
        case("avgPool2d", avg_pool, [uniform(*shape)], attributes)
    ties = integers(2, 2, 3, 6, 6).double()
    case("maxPool2d", lambda x: F.max_pool2d(x, 2), [ties], window((2, 2), kernel=[2, 2]),
         note="ties go to the first maximum")
    ties = integers(2, 2, 2, 7, 7).double()
    case("maxPool2d", lambda x: F.max_pool2d(x, 3, 2), [ties], window((2, 2), kernel=[3, 3]),
         note="ties in overlapping windows")
    x = uniform(2, 3, 6, 6, distinct=True)
    y, positions = F.max_pool2d(x, 2, return_indices=True)
    base = torch.arange(6).reshape(2, 3, 1, 1) * 36
    case("maxUnpool2d", lambda dy, _: F.max_unpool2d(dy, positions, 2), [uniform(*y.shape), positions + base],
         {**window((2, 2), kernel=[2, 2]), "input": [2, 3, 6, 6]}, differentiable=False)


def normalization():
    for shape in [(4, 3, 5, 5), (6, 4), (2, 16, 7, 7), (3, 5, 2, 1)]:
        c = shape[1]

        def batch_norm(x, scale, shift):
            y = F.batch_norm(x, None, None, scale, shift, training=True, eps=1e-5)
            axes = [i for i in range(x.dim()) if i != 1]
            return y, x.mean(axes), x.var(axes, unbiased=False)

        case("batchNorm", batch_norm, [uniform(*shape), uniform(c), uniform(c)], {"epsilon": 1e-5})
        x, scale = uniform(*shape).requires_grad_(), uniform(c).requires_grad_()
        shift, dy = uniform(c).requires_grad_(), uniform(*shape)
        y, mean, variance = batch_norm(x, scale, shift)
        gradients = torch.autograd.grad(y, (x, scale, shift), dy)
        case("batchNormGradient", lambda *_, g=gradients: g, [x, scale, mean.detach(), variance.detach(), dy],
             {"epsilon": 1e-5}, differentiable=False)
        case("batchNormInference", lambda x, s, b, m, v: F.batch_norm(x, m, v, s, b, eps=1e-5),
             [uniform(*shape), uniform(c), uniform(c), uniform(c), uniform(c, low=0.3)],
             {"epsilon": 1e-5}, differentiable=False)


def reductions():
    for shape, axes in [((3, 4), [1]), ((3, 4), [0]), ((2, 3, 4, 5), [0, 2, 3]), ((2, 3, 4), [0, 1, 2])]:
        for keep in [False, True]:
            attributes = {"axes": axes, "keepDims": keep}
            case("reduceSum", lambda x, a=axes, k=keep: x.sum(a, k), [uniform(*shape)], attributes)
            case("reduceMean", lambda x, a=axes, k=keep: x.mean(a, k), [uniform(*shape)], attributes)
            case("reduceMax", lambda x, a=axes, k=keep: x.amax(a, k), [uniform(*shape, distinct=True)], attributes)
    case("reduceMax", lambda x: x.amax([1]), [integers(2, 3, 5).double()], {"axes": [1], "keepDims": False},
         note="ties share", differentiable=True)
    for shape, axis in [((3, 5), 1), ((2, 3, 4), 1), ((1, 1), 1), ((4, 2), 0)]:
        case("softmax", lambda x, a=axis: x.softmax(a), [uniform(*shape)], {"axis": axis})
        case("logSoftmax", lambda x, a=axis: x.log_softmax(a), [uniform(*shape)], {"axis": axis})
        case("argMax", lambda x, a=axis: x.argmax(a), [uniform(*shape, distinct=True)], {"axis": axis},
             differentiable=False)


def shapes():
    case("reshape", lambda x: x.reshape(4, 6), [uniform(2, 3, 4)], {"shape": [4, 6]})
    case("reshape", lambda x: x.reshape(()), [uniform(1, 1)], {"shape": []})
    case("transpose", lambda x: x.permute(2, 0, 1), [uniform(2, 3, 4)], {"order": [2, 0, 1]})
    case("transpose", lambda x: x.permute(0, 3, 1, 2), [uniform(2, 3, 4, 5)], {"order": [0, 3, 1, 2]})
    case("broadcastTo", lambda x: x.expand(2, 3, 4), [uniform(3, 1)], {"shape": [2, 3, 4]})
    case("concat", lambda *x: torch.cat(x, 1), [uniform(2, 3), uniform(2, 1), uniform(2, 4)], {"axis": 1})
    case("concat", lambda *x: torch.cat(x, 0), [uniform(2, 3, 2), uniform(1, 3, 2)], {"axis": 0})
    ranges = [{"axis": 0, "start": 1, "end": 4, "step": 2}, {"axis": 2, "start": 0, "end": 5, "step": 3}]
    case("slice", lambda x: x[1:4:2, :, 0:5:3], [uniform(5, 2, 5)], {"ranges": ranges})
    case("slice", lambda x: x[:, 2:3], [uniform(3, 4)], {"ranges": [{"axis": 1, "start": 2, "end": 3, "step": 1}]})
    case("slice", lambda x: x[0:6:2], [uniform(7, 2)], {"ranges": [{"axis": 0, "start": 0, "end": 6, "step": 2}]})
    case("pad", lambda x: F.pad(x, (2, 1, 0, 3)), [uniform(2, 3)], {"before": [0, 2], "after": [3, 1]})
    case("gather", lambda x, i: x[i], [uniform(5, 3), integers(5, 4)], {"axis": 0})
    case("gather", lambda x, i: x[:, i], [uniform(2, 6, 3), integers(6, 2, 4)], {"axis": 1}, note="repeated indices")
    x, i = uniform(5, 3).requires_grad_(), integers(5, 7)
    dy = uniform(7, 3)
    (dx,) = torch.autograd.grad(x[i], x, dy)
    case("gatherGradient", lambda *_: dx, [dy, i], {"axis": 0, "input": [5, 3]}, differentiable=False)
    case("oneHot", lambda i: F.one_hot(i, 5), [integers(5, 6)], {"classes": 5}, differentiable=False)


for group in (elementwise, products, convolutions, pooling, normalization, reductions, shapes):
    group()
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"tool": f"torch {torch.__version__}", "cases": CASES}, separators=(",", ":")) + "\n")
print(f"{len(CASES)} cases, {path.stat().st_size} bytes")
