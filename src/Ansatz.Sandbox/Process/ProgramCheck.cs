using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Ansatz.Sandbox;

/// <summary>
/// Reads what the compiler made of a program before anything loads it: only members of the list, and nothing by which code leaves the runtime's rules - no native code, no
/// pointers, no layout of its own, no foreign attributes, and no references that outlive a call.
/// </summary>
/// <remarks>
/// It is the compiler's output that counts, not the source: a well-known attribute, or a pattern that the compiler expands, is seen as what it became.
/// A reference into a frame that is gone reads one type as another. Roslyn's own analysis lost sight of references in patterns and in foreach, so nothing here rests on it: no method hands
/// one out (as a ref, as a span, into a span that it was given by ref, in a ref struct), so a reference into a frame lives in that frame and in what it calls.
/// The image comes from a process that read hostile text and is not believed: what is read counts as often as it is read, and has a bound. It is no verifier of types, though: that a compiler which was
/// taken over emits only typed code is not shown here, and the locked process is the wall behind this one. One check an instance.
/// </remarks>
internal sealed class ProgramCheck
{
    private const int MaximumImageBytes = 4 << 20, MaximumSignatureBytes = 1024, MaximumRefusals = 5, MaximumFound = 50, MaximumNesting = 8;

    // Bytes of names, signatures, code and lines, each as often as it is read: rows may share them, and the compiler lets methods share small bodies.
    private const int MaximumWork = 16 * MaximumImageBytes;

    // What no program needs, and what a pointer cannot do without.
    private static readonly Dictionary<ILOpCode, string> RefusedCodes = new()
    {
        [ILOpCode.Calli] = "A call through a function pointer",
        [ILOpCode.Jmp] = "A jump into another method",
        [ILOpCode.Localloc] = "stackalloc",
        [ILOpCode.Cpblk] = "Copying of raw memory",
        [ILOpCode.Initblk] = "Clearing of raw memory",
        [ILOpCode.Arglist] = "__arglist",
        [ILOpCode.Mkrefany] = "__makeref",
        [ILOpCode.Refanyval] = "__refvalue",
        [ILOpCode.Refanytype] = "__reftype",
        [ILOpCode.Conv_i] = NativeNumber,
        [ILOpCode.Conv_u] = NativeNumber,
        [ILOpCode.Conv_ovf_i] = NativeNumber,
        [ILOpCode.Conv_ovf_i_un] = NativeNumber,
        [ILOpCode.Conv_ovf_u] = NativeNumber,
        [ILOpCode.Conv_ovf_u_un] = NativeNumber,
        [ILOpCode.Ldind_i] = NativeNumber,
        [ILOpCode.Stind_i] = NativeNumber,
        [ILOpCode.Unaligned] = "An unaligned access",
    };

    private const string Reference = "A reference that outlives a call (a method that gives a ref or a span or takes a span by ref, a ref struct, a ref field, allows ref struct, a span over a variable or over a collection of one element) is not offered to programs: use an array.";

    private const string InlineArray = "An inline array is not offered to programs: use an array.";

    private const string NativeNumber = "A pointer or native-sized number (also as an index of type long)";

    private static readonly TableIndex[] EmptyTables =
    [
        TableIndex.ImplMap, TableIndex.ModuleRef, TableIndex.FieldLayout, TableIndex.FieldMarshal, TableIndex.DeclSecurity, TableIndex.File, TableIndex.ExportedType, TableIndex.ManifestResource,
        TableIndex.FieldPtr, TableIndex.MethodPtr, TableIndex.ParamPtr, TableIndex.EventPtr, TableIndex.PropertyPtr,
    ];

    private static readonly Dictionary<ILOpCode, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => (ILOpCode)unchecked((ushort)c.Value), c => c.OperandType);

    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly MetadataReader? _symbols;
    private readonly Shapes _shapes;
    private readonly List<Refusal> _refusals = [];

    // What is refused where it is used, by token; and what only the compiler's own methods may use.
    private readonly Dictionary<EntityHandle, string> _refused = [];
    private readonly Dictionary<EntityHandle, string> _compilersOwn = [];

    // The compiler's temporary variables for [a, b] and params: what it does with them itself is to clear them, and to have its own helpers make a span.
    private readonly HashSet<EntityHandle> _inlineArrays = [];
    private int _work;

    private ProgramCheck(PEReader image, MetadataReader? symbols)
    {
        (_image, _metadata, _symbols) = (image, image.GetMetadataReader(), symbols);
        _shapes = new(this);
    }

    /// <summary>Why an image is not run; nothing where it may be.</summary>
    /// <param name="image">What the compiler made.</param>
    /// <param name="symbols">Its lines; without them every refusal is at line 1.</param>
    public static ImmutableArray<Refusal> Check(byte[] image, byte[]? symbols)
    {
        if (Math.Max(image.Length, symbols?.Length ?? 0) is > MaximumImageBytes and var length)
        {
            return [new(1, 1, $"The program is too big: compiled it has {length:N0} bytes, of {MaximumImageBytes:N0}.")];
        }

        try
        {
            using PEReader reader = new(ImmutableArray.Create(image));
            using MetadataReaderProvider? lines = symbols is null ? null : MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols));
            ProgramCheck check = new(reader, lines?.GetMetadataReader());
            check.Whole();
            return [.. check._refusals.Distinct().OrderBy(r => r.Line).Take(MaximumRefusals)];
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidOperationException or OverflowException or ArgumentException or InvalidCastException or OutOfMemoryException)
        {
            return [new(1, 1, "What the compiler made of the program is no valid assembly.")];
        }
    }

    private void Whole()
    {
        if (_image.PEHeaders.CorHeader is not { } header || header.Flags != CorFlags.ILOnly || header.VtableFixupsDirectory.Size != 0 || header.ManagedNativeHeaderDirectory.Size != 0 || header.ExportAddressTableJumpsDirectory.Size != 0)
        {
            Refuse("The program is not plain intermediate code.");
            return;
        }

        foreach (TableIndex table in EmptyTables.Where(t => _metadata.GetTableRowCount(t) > 0))
        {
            Refuse(table switch
            {
                TableIndex.ImplMap or TableIndex.ModuleRef => "Native functions (DllImport, extern) are not offered to programs.",
                TableIndex.FieldLayout => "Explicit layout (FieldOffset) is not offered to programs.",
                TableIndex.DeclSecurity => "Unsafe code is not offered to programs.",
                _ => $"{table} is not offered to programs.",
            });
        }

        Types();
        Members();
        Signatures();
        Lists();
        Definitions();
        Attributes();
        Code();
        Entrance();
    }

    private void Types()
    {
        foreach (TypeReferenceHandle handle in _metadata.TypeReferences)
        {
            string? name = Name(handle);
            if (name is not null && MemberList.IsInlineArray(name))
            {
                _inlineArrays.Add(handle);
            }
            else if (name is null || !MemberList.HasType(name))
            {
                (name is not null && MemberList.IsForTheCompiler(name) ? _compilersOwn : _refused)[handle] = $"The type {name?.Replace('/', '.') ?? "of another module"} is not offered to programs.";
            }
        }
    }

    private void Members()
    {
        foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
        {
            MemberReference member = _metadata.GetMemberReference(handle);
            string name = Text(member.Name);
            Shape owner = _shapes.Of(member.Parent), shape = _shapes.Of(member);
            bool isSpan = owner.IsSpan && name == ".ctor";
            if (shape.IsRefused || shape.HoldsInlineArray || (isSpan && _shapes.TakesReference(member)))
            {
                _refused[handle] = !shape.IsRefused ? shape.HoldsInlineArray ? InlineArray : Reference
                    : isSpan ? "A span over constant bytes (a u8 literal, a ReadOnlySpan that is given constants) or over a pointer is not offered to programs: use an array."
                    : $"{name} takes or gives a pointer, which is not offered to programs.";
                continue;
            }

            if (owner.IsArray ? name is ".ctor" or "Get" or "Set" or "Address" : owner.Root.Kind == HandleKind.TypeDefinition)
            {
                continue; // of an array, or its own
            }

            if (owner.Root.Kind != HandleKind.TypeReference || Name((TypeReferenceHandle)owner.Root) is not { } type)
            {
                _refused[handle] = $"{name} is a member of nothing that is offered to programs.";
            }
            else if (!MemberList.Has(type, name))
            {
                string words = (type, name) is ("System.Activator", "CreateInstance")
                    ? "An object of a type parameter (new T(), System.Activator.CreateInstance) is not offered to programs: take a Func<T> that makes one."
                    : $"{type.Replace('/', '.')}.{name.Replace("get_", "", StringComparison.Ordinal).Replace("set_", "", StringComparison.Ordinal)} is not offered to programs.";
                (MemberList.IsForTheCompiler(type, name) ? _compilersOwn : _refused)[handle] = words;
                _refused.Remove(owner.Root); // the member says it better
            }
        }
    }

    private void Signatures()
    {
        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.TypeSpec); row++)
        {
            TypeSpecificationHandle handle = MetadataTokens.TypeSpecificationHandle(row);
            Shape shape = _shapes.Of(handle);
            if (shape.IsInlineArray)
            {
                _inlineArrays.Add(handle);
            }

            if (WhyNot(shape) is { } reason)
            {
                _refused[handle] = reason;
            }
        }

        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            MethodSpecification method = _metadata.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row));
            bool isCompilersOwn = method.Method.Kind == HandleKind.MethodDefinition && IsCompilersOwn(_metadata.GetMethodDefinition((MethodDefinitionHandle)method.Method).GetDeclaringType());
            foreach (Shape shape in _shapes.Of(method))
            {
                if ((WhyNot(shape) ?? (shape.IsInlineArray && !isCompilersOwn ? InlineArray : null)) is { } reason)
                {
                    _refused[MetadataTokens.MethodSpecificationHandle(row)] = reason;
                }
            }
        }

        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.StandAloneSig); row++)
        {
            foreach (Shape shape in _shapes.Of(_metadata.GetStandaloneSignature(MetadataTokens.StandaloneSignatureHandle(row))))
            {
                if (shape.IsRefused || shape.HoldsInlineArray)
                {
                    Refuse(shape.IsRefused ? "A pointer, or a pinned variable, is not offered to programs." : InlineArray);
                }
            }
        }

        static string? WhyNot(Shape shape) => shape.IsRefused ? "A pointer is not offered to programs." : shape.HoldsInlineArray ? InlineArray : null;
    }

    // The members of types follow each other: where they did not, one would count for many types, and whose it is would be anybody's guess.
    private void Lists()
    {
        int methods = 0, fields = 0;
        foreach (TypeDefinition type in _metadata.TypeDefinitions.Select(_metadata.GetTypeDefinition))
        {
            (int ofMethods, int ofFields) = (type.GetMethods().Count, type.GetFields().Count);
            (methods, fields) = ofMethods < 0 || ofFields < 0 ? throw new BadImageFormatException() : (methods + ofMethods, fields + ofFields);
        }

        if (methods != _metadata.MethodDefinitions.Count || fields != _metadata.FieldDefinitions.Count)
        {
            throw new BadImageFormatException();
        }
    }

    private void Definitions()
    {
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            TypeDefinition type = _metadata.GetTypeDefinition(handle);
            bool hasInstanceFields = type.GetFields().Any(f => !_metadata.GetFieldDefinition(f).Attributes.HasFlag(FieldAttributes.Static));
            if ((type.Attributes & TypeAttributes.LayoutMask) == TypeAttributes.ExplicitLayout && hasInstanceFields)
            {
                Refuse("Explicit layout is not offered to programs.", type);
            }

            if (MetadataTokens.GetRowNumber(handle) == 1 && type.GetMethods().Count > 0)
            {
                Refuse("A module initializer is not offered to programs.", type);
            }

            foreach (FieldDefinitionHandle field in type.GetFields())
            {
                Shape shape = _shapes.Of(_metadata.GetFieldDefinition(field));
                if (shape.IsRefused || shape.IsReference || shape.IsInlineArray || shape.HoldsInlineArray)
                {
                    Refuse(shape.IsRefused ? "A pointer is not offered to programs." : shape.IsReference ? Reference : InlineArray, type);
                }
            }

            bool isDelegate = type.BaseType.Kind == HandleKind.TypeReference && Name((TypeReferenceHandle)type.BaseType) == "System.MulticastDelegate";
            if (!isDelegate && MayBeRefStruct(type.GetGenericParameters())) // a delegate has no code that could keep one
            {
                Refuse(Reference, type);
            }

            foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
            {
                MethodDefinition method = _metadata.GetMethodDefinition(methodHandle);
                MethodImplAttributes kind = method.ImplAttributes & ~(MethodImplAttributes.NoInlining | MethodImplAttributes.AggressiveInlining);
                bool hasNoBody = method.RelativeVirtualAddress == 0;
                if ((method.Attributes & (MethodAttributes.PinvokeImpl | MethodAttributes.UnmanagedExport)) != 0 || kind != (isDelegate && hasNoBody ? MethodImplAttributes.Runtime : MethodImplAttributes.IL)
                    || (hasNoBody && !isDelegate && !method.Attributes.HasFlag(MethodAttributes.Abstract)))
                {
                    Refuse("A method that is not plain intermediate code (extern, InternalCall, Synchronized) is not offered to programs.", methodHandle);
                }

                Shape shape = _shapes.Of(method);
                if (shape.IsRefused)
                {
                    Refuse("A pointer is not offered to programs.", methodHandle);
                }
                else if (!IsCompilersOwn(handle) && (shape.IsReference || shape.HoldsInlineArray || MayBeRefStruct(method.GetGenericParameters())))
                {
                    Refuse(shape.HoldsInlineArray ? InlineArray : Reference, methodHandle);
                }
            }
        }

        bool MayBeRefStruct(GenericParameterHandleCollection parameters) => parameters.Any(p => _metadata.GetGenericParameter(p).Attributes.HasFlag(GenericParameterAttributes.AllowByRefLike));
    }

    private void Attributes()
    {
        foreach (CustomAttributeHandle handle in _metadata.CustomAttributes)
        {
            CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
            string type = attribute.Constructor.Kind == HandleKind.MemberReference && _shapes.Of(_metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent).Root is { Kind: HandleKind.TypeReference } root
                ? Name((TypeReferenceHandle)root) ?? "of another module"
                : attribute.Constructor.Kind == HandleKind.MethodDefinition ? OwnName(_metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()) : "of no type";
            bool isCompilersOwn = type == "Microsoft.CodeAnalysis.EmbeddedAttribute" || (type == "System.Runtime.CompilerServices.InlineArrayAttribute" && IsCompilersOwn(attribute.Parent));
            if (!MemberList.IsAttribute(type) && !isCompilersOwn)
            {
                string words = type == "System.Runtime.CompilerServices.IsByRefLikeAttribute" ? Reference : $"The attribute {type} is not offered to programs.";
                switch (attribute.Parent.Kind)
                {
                    case HandleKind.MethodDefinition:
                        Refuse(words, (MethodDefinitionHandle)attribute.Parent);
                        break;
                    case HandleKind.TypeDefinition:
                        Refuse(words, _metadata.GetTypeDefinition((TypeDefinitionHandle)attribute.Parent));
                        break;
                    default:
                        Refuse(words);
                        break;
                }
            }
        }
    }

    private void Code()
    {
        HashSet<EntityHandle> seen = [];
        foreach (MethodDefinitionHandle handle in _metadata.MethodDefinitions)
        {
            MethodDefinition method = _metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0)
            {
                continue;
            }

            bool isCompilersOwn = IsCompilersOwn(method.GetDeclaringType());
            MethodBodyBlock body = _image.GetMethodBody(method.RelativeVirtualAddress);
            Spend(body.Size);
            BlobReader code = body.GetILReader();
            while (code.RemainingBytes > 0)
            {
                int at = code.Offset;
                byte first = code.ReadByte();
                ILOpCode operation = (ILOpCode)(first == 0xfe ? (0xfe << 8) | code.ReadByte() : first);
                if (!Operands.TryGetValue(operation, out OperandType operand))
                {
                    throw new BadImageFormatException();
                }

                if (RefusedCodes.TryGetValue(operation, out string? what) && !isCompilersOwn)
                {
                    Refuse($"{what} is not offered to programs.", handle, at);
                }

                switch (operand)
                {
                    case OperandType.InlineNone:
                        break;
                    case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                        code.ReadByte();
                        break;
                    case OperandType.InlineVar:
                        code.ReadInt16();
                        break;
                    case OperandType.InlineI8 or OperandType.InlineR:
                        code.ReadInt64();
                        break;
                    case OperandType.InlineSwitch:
                        int targets = code.ReadInt32();
                        if (targets < 0 || targets > code.RemainingBytes / 4)
                        {
                            throw new BadImageFormatException();
                        }

                        code.Offset += 4 * targets;
                        break;
                    case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                        Use(MetadataTokens.EntityHandle(code.ReadInt32()), operation);
                        break;
                    default:
                        code.ReadInt32();
                        break;
                }

                void Use(EntityHandle token, ILOpCode by)
                {
                    if (token.Kind == HandleKind.MethodSpecification)
                    {
                        Use(_metadata.GetMethodSpecification((MethodSpecificationHandle)token).Method is { Kind: not HandleKind.MethodSpecification } generic ? generic : throw new BadImageFormatException(), by);
                    }

                    if (_refused.TryGetValue(token, out string? reason) || (!isCompilersOwn && _compilersOwn.TryGetValue(token, out reason)))
                    {
                        seen.Add(token);
                        Refuse(reason, handle, at);
                    }

                    if (by != ILOpCode.Initobj && _inlineArrays.Contains(token))
                    {
                        Refuse(InlineArray, handle, at);
                    }

                    if (by == ILOpCode.Ldtoken && token.Kind is HandleKind.MethodDefinition or HandleKind.MemberReference or HandleKind.MethodSpecification)
                    {
                        Refuse("A method as data (an expression tree) is not offered to programs.", handle, at);
                    }
                }
            }
        }

        // Named, but not by code: as a base, in a signature, by an attribute.
        foreach ((EntityHandle token, string reason) in _refused)
        {
            if (!seen.Contains(token))
            {
                Refuse(reason);
            }
        }
    }

    private void Entrance()
    {
        bool isThere = _metadata.TypeDefinitions.Select(_metadata.GetTypeDefinition)
            .Where(t => _metadata.StringComparer.Equals(t.Name, CompiledProgram.TypeName) && t.Namespace.IsNil && t.GetDeclaringType().IsNil && t.GetGenericParameters().Count == 0)
            .SelectMany(t => t.GetMethods()).Select(_metadata.GetMethodDefinition)
            .Any(m => _metadata.StringComparer.Equals(m.Name, CompiledProgram.MethodName) && m.Attributes.HasFlag(MethodAttributes.Static) && m.GetGenericParameters().Count == 0
                && _metadata.GetBlobBytes(m.Signature) is [0, 1, (byte)SignatureTypeCode.String, (byte)SignatureTypeCode.String]);
        if (!isThere)
        {
            Refuse($"A program has a class {CompiledProgram.TypeName}, in no namespace, with a method static string {CompiledProgram.MethodName}(string input).");
        }
    }

    private void Refuse(string reason) => Refuse(reason, () => 1);

    private void Refuse(string reason, TypeDefinition type) => Refuse(reason, () => type.GetMethods().Select(m => Line(m, 0)).Where(l => l > 1).DefaultIfEmpty(1).Min());

    private void Refuse(string reason, MethodDefinitionHandle method, int offset = 0) => Refuse(reason, () => Line(method, offset));

    private void Refuse(string reason, Func<int> line)
    {
        if (_refusals.Count < MaximumFound)
        {
            _refusals.Add(new(line(), 1, Plain.Sentence(reason)));
        }
    }

    private int Line(MethodDefinitionHandle method, int offset)
    {
        if (_symbols is null || MetadataTokens.GetRowNumber(method) > _symbols.MethodDebugInformation.Count)
        {
            return 1;
        }

        Spend(1 + _symbols.GetBlobReader(_symbols.GetMethodDebugInformation(method).SequencePointsBlob).Length);
        return CompiledProgram.LineOf(_symbols, MetadataTokens.GetToken(method), offset) ?? 1;
    }

    private string Text(StringHandle handle)
    {
        string text = _metadata.GetString(handle);
        Spend(text.Length);
        return text;
    }

    private void Spend(int bytes) => _work = bytes <= MaximumWork - _work ? _work + bytes : throw new BadImageFormatException();

    // Types that no source can name: the compiler's own.
    private bool IsCompilersOwn(EntityHandle type) => type.Kind == HandleKind.TypeDefinition && OwnName((TypeDefinitionHandle)type) is ['<', ..] name
        && (name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal) || name.StartsWith("<>y__InlineArray", StringComparison.Ordinal));

    private string OwnName(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        string space = Text(type.Namespace), name = Text(type.Name);
        return space.Length > 0 ? $"{space}.{name}" : name;
    }

    // "System.Collections.Generic.List`1/Enumerator", of one of the assemblies that a program may refer to.
    private string? Name(TypeReferenceHandle handle)
    {
        string nested = "";
        for (int depth = 0; depth < MaximumNesting; depth++)
        {
            TypeReference type = _metadata.GetTypeReference(handle);
            string name = Text(type.Name);
            switch (type.ResolutionScope.Kind)
            {
                case HandleKind.TypeReference:
                    (nested, handle) = ($"/{name}{nested}", (TypeReferenceHandle)type.ResolutionScope);
                    break;
                case HandleKind.AssemblyReference:
                    string assembly = Text(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
                    return Loading.Assemblies.Contains(assembly) ? string.Create(CultureInfo.InvariantCulture, $"{Text(type.Namespace)}.{name}{nested}") : null;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>What a signature comes to.</summary>
    /// <param name="Root">The type that is meant, generic arguments left out.</param>
    private readonly record struct Shape(EntityHandle Root)
    {
        /// <summary>Whether it is an array.</summary>
        public bool IsArray { get; init; }

        /// <summary>Whether it is a reference to such a thing; of a method, whether a reference may outlive a call of it.</summary>
        public bool IsReference { get; init; }

        /// <summary>Whether it is a span, or something else of the framework that holds a reference.</summary>
        public bool IsSpan { get; init; }

        /// <summary>Whether it is an inline array.</summary>
        public bool IsInlineArray { get; init; }

        /// <summary>Whether there is an inline array in it.</summary>
        public bool HoldsInlineArray { get; init; }

        /// <summary>Whether a pointer or something like it occurs in it.</summary>
        public bool IsRefused { get; init; }

        /// <summary>A type in which others are named.</summary>
        public Shape With(params ReadOnlySpan<Shape> parts)
        {
            Shape whole = this;
            foreach (Shape part in parts)
            {
                whole = whole with { IsRefused = whole.IsRefused || part.IsRefused, HoldsInlineArray = whole.HoldsInlineArray || part.HoldsInlineArray || part.IsInlineArray };
            }

            return whole;
        }
    }

    /// <summary>Decodes signatures; those that are too long to be decoded safely are refused.</summary>
    private sealed class Shapes(ProgramCheck check) : ISignatureTypeProvider<Shape, object?>
    {
        private static readonly Shape Refused = new() { IsRefused = true };

        private readonly MetadataReader _metadata = check._metadata;

        public Shape Of(EntityHandle type) => type.Kind switch
        {
            HandleKind.TypeReference => GetTypeFromReference(_metadata, (TypeReferenceHandle)type, 0),
            HandleKind.TypeDefinition => new(type),
            HandleKind.TypeSpecification when _metadata.GetTypeSpecification((TypeSpecificationHandle)type) is var specification && IsShort(specification.Signature) => specification.DecodeSignature(this, null),
            _ => Refused,
        };

        public Shape Of(MemberReference member) =>
            !IsShort(member.Signature) ? Refused
            : member.GetKind() == MemberReferenceKind.Field ? default(Shape).With(member.DecodeFieldSignature(this, null)) : Of(member.DecodeMethodSignature(this, null));

        public Shape Of(MethodDefinition method) => IsShort(method.Signature) ? Of(method.DecodeSignature(this, null)) : Refused;

        /// <summary>Of a method whose signature was found short.</summary>
        public bool TakesReference(MemberReference method) => method.DecodeMethodSignature(this, null).ParameterTypes.Any(p => p.IsReference);

        public Shape Of(FieldDefinition field) => IsShort(field.Signature) ? field.DecodeSignature(this, null) : Refused;

        public ImmutableArray<Shape> Of(MethodSpecification method) => IsShort(method.Signature) ? method.DecodeSignature(this, null) : [Refused];

        public ImmutableArray<Shape> Of(StandaloneSignature signature) =>
            IsShort(signature.Signature) && HasCount(signature.Signature) && signature.GetKind() == StandaloneSignatureKind.LocalVariables ? signature.DecodeLocalSignature(this, null) : [Refused];

        // A local takes a byte at least: what says that there are more is not believed, or room would be made for them.
        private bool HasCount(BlobHandle blob)
        {
            BlobReader reader = _metadata.GetBlobReader(blob);
            reader.ReadSignatureHeader();
            return reader.TryReadCompressedInteger(out int count) && count <= reader.RemainingBytes;
        }

        private bool IsShort(BlobHandle blob)
        {
            int length = _metadata.GetBlobReader(blob).Length;
            check.Spend(length);
            return length <= MaximumSignatureBytes;
        }

        private static Shape Of(MethodSignature<Shape> signature) =>
            signature.Header.CallingConvention != SignatureCallingConvention.Default ? Refused
            : new Shape() { IsReference = signature.ReturnType.IsReference || signature.ReturnType.IsSpan || signature.ParameterTypes.Any(p => p is { IsReference: true, IsSpan: true }) }
                .With([signature.ReturnType, .. signature.ParameterTypes]);

        public Shape GetArrayType(Shape elementType, ArrayShape shape) => GetSZArrayType(elementType);

        public Shape GetByReferenceType(Shape elementType) => new Shape(elementType.Root) { IsReference = true, IsSpan = elementType.IsSpan }.With(elementType);

        public Shape GetFunctionPointerType(MethodSignature<Shape> signature) => Refused;

        public Shape GetGenericInstantiation(Shape genericType, ImmutableArray<Shape> typeArguments) => genericType.With(typeArguments.AsSpan());

        public Shape GetGenericMethodParameter(object? genericContext, int index) => default;

        public Shape GetGenericTypeParameter(object? genericContext, int index) => default;

        public Shape GetModifiedType(Shape modifier, Shape unmodifiedType, bool isRequired) => unmodifiedType;

        public Shape GetPinnedType(Shape elementType) => Refused;

        public Shape GetPointerType(Shape elementType) => Refused;

        public Shape GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode == PrimitiveTypeCode.TypedReference ? Refused : default;

        public Shape GetSZArrayType(Shape elementType) => new Shape(elementType.Root) { IsArray = true }.With(elementType);

        public Shape GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => new(handle);

        public Shape GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => check.Name(handle) is { } name
            ? new(handle) { IsSpan = MemberList.IsSpan(name), IsInlineArray = MemberList.IsInlineArray(name) }
            : new(handle);

        public Shape GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Refused; // a signature within a signature: no compiler writes it
    }
}
