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
/// pointers, no layout of its own, no foreign attributes, and no references that outlive a call: no ref fields, ref returns, or spans over a variable.
/// </summary>
/// <remarks>
/// It is the compiler's output that counts, not the source: a well-known attribute, or a pattern that the compiler expands, is seen as what it became.
/// The image comes from a process that read hostile text and is not believed: sizes and depths are bounded before they are followed. It is no verifier of types, though: that a compiler which was
/// taken over emits only typed code is not shown here, and the locked process is the wall behind this one. One check an instance.
/// </remarks>
internal sealed class ProgramCheck
{
    private const int MaximumImageBytes = 4 << 20, MaximumSignatureBytes = 1024, MaximumRefusals = 5, MaximumNesting = 8;

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

    // Roslyn loses sight of how long a reference lives, in patterns and in foreach: what it takes for safe may point into a frame that is gone, and from there at anything.
    private const string Reference = "A reference that outlives a call (a ref field, a ref return, a span over a variable or over a collection of one element) is not offered to programs: use an array.";

    private const string NativeNumber = "A pointer or native-sized number (also as an index of type long)";

    private static readonly TableIndex[] EmptyTables =
    [
        TableIndex.ImplMap, TableIndex.ModuleRef, TableIndex.FieldLayout, TableIndex.FieldMarshal, TableIndex.DeclSecurity, TableIndex.File, TableIndex.ExportedType, TableIndex.ManifestResource,
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

    private ProgramCheck(PEReader image, MetadataReader? symbols)
    {
        (_image, _metadata, _symbols) = (image, image.GetMetadataReader(), symbols);
        _shapes = new(_metadata);
    }

    /// <summary>Why an image is not run; nothing where it may be.</summary>
    /// <param name="image">What the compiler made.</param>
    /// <param name="symbols">Its lines; without them every refusal is at line 1.</param>
    public static ImmutableArray<Refusal> Check(byte[] image, byte[]? symbols)
    {
        if (image.Length > MaximumImageBytes)
        {
            return [new(1, 1, $"The program is too big: compiled it has {image.Length:N0} bytes, of {MaximumImageBytes:N0}.")];
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
        Definitions();
        Attributes();
        Code();
        Entrance();
    }

    private void Types()
    {
        foreach (TypeReferenceHandle handle in _metadata.TypeReferences)
        {
            if (Name(handle) is not { } name || !MemberList.HasType(name))
            {
                _refused[handle] = $"The type {Name(handle)?.Replace('/', '.') ?? "of another module"} is not offered to programs.";
            }
        }
    }

    private void Members()
    {
        foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
        {
            MemberReference member = _metadata.GetMemberReference(handle);
            string name = _metadata.GetString(member.Name);
            if (_shapes.Of(member) is not { IsRefused: false })
            {
                _refused[handle] = $"{name} takes or gives a pointer, which is not offered to programs.";
                continue;
            }

            Shape owner = _shapes.Of(member.Parent);
            if (name == ".ctor" && _shapes.TakesReference(member) && owner.Root.Kind == HandleKind.TypeReference && Name((TypeReferenceHandle)owner.Root) is "System.Span`1" or "System.ReadOnlySpan`1")
            {
                _refused[handle] = Reference;
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
                string words = $"{type.Replace('/', '.')}.{name.Replace("get_", "", StringComparison.Ordinal).Replace("set_", "", StringComparison.Ordinal)} is not offered to programs.";
                (MemberList.IsForTheCompiler(type, name) ? _compilersOwn : _refused)[handle] = words;
                _refused.Remove(owner.Root); // the member says it better
            }
        }
    }

    private void Signatures()
    {
        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.TypeSpec); row++)
        {
            RefuseShape(MetadataTokens.TypeSpecificationHandle(row), _shapes.Of(MetadataTokens.TypeSpecificationHandle(row)));
        }

        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            RefuseShape(MetadataTokens.MethodSpecificationHandle(row), _shapes.Of(_metadata.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row))));
        }

        for (int row = 1; row <= _metadata.GetTableRowCount(TableIndex.StandAloneSig); row++)
        {
            if (_shapes.Of(_metadata.GetStandaloneSignature(MetadataTokens.StandaloneSignatureHandle(row))).IsRefused)
            {
                Refuse("A pointer, or a pinned variable, is not offered to programs.");
            }
        }

        void RefuseShape(EntityHandle handle, Shape shape)
        {
            if (shape.IsRefused)
            {
                _refused[handle] = "A pointer is not offered to programs.";
            }
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
                if (shape.IsRefused || shape.IsReference)
                {
                    Refuse(shape.IsRefused ? "A pointer is not offered to programs." : Reference, type);
                }
            }

            bool isDelegate = type.BaseType.Kind == HandleKind.TypeReference && Name((TypeReferenceHandle)type.BaseType) == "System.MulticastDelegate";
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

                if (_shapes.Of(method).IsRefused)
                {
                    Refuse("A pointer is not offered to programs.", methodHandle);
                }
                else if (_shapes.GivesReference(method) && !IsCompilersOwn(handle))
                {
                    Refuse(Reference, methodHandle);
                }
            }
        }
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
                Refuse($"The attribute {type} is not offered to programs.", attribute.Parent.Kind switch
                {
                    HandleKind.MethodDefinition => Line((MethodDefinitionHandle)attribute.Parent, 0),
                    HandleKind.TypeDefinition => Line(_metadata.GetTypeDefinition((TypeDefinitionHandle)attribute.Parent)),
                    _ => 1,
                });
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
            BlobReader code = _image.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
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
                    Refuse($"{what} is not offered to programs.", Line(handle, at));
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
                        Refuse(reason, Line(handle, at));
                    }

                    if (by == ILOpCode.Ldtoken && token.Kind is HandleKind.MethodDefinition or HandleKind.MemberReference or HandleKind.MethodSpecification)
                    {
                        Refuse("A method as data (an expression tree) is not offered to programs.", Line(handle, at));
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

    private void Refuse(string reason, int line = 1) => _refusals.Add(new(line, 1, Plain.Sentence(reason)));

    private void Refuse(string reason, TypeDefinition type) => Refuse(reason, Line(type));

    private void Refuse(string reason, MethodDefinitionHandle method) => Refuse(reason, Line(method, 0));

    private int Line(MethodDefinitionHandle method, int offset) => _symbols is null ? 1 : CompiledProgram.LineOf(_symbols, MetadataTokens.GetToken(method), offset) ?? 1;

    private int Line(TypeDefinition type) => type.GetMethods().Select(m => Line(m, 0)).Where(l => l > 1).DefaultIfEmpty(1).Min();

    // Types that no source can name: the compiler's own.
    private bool IsCompilersOwn(EntityHandle type) => type.Kind == HandleKind.TypeDefinition && OwnName((TypeDefinitionHandle)type) is ['<', ..] name
        && (name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal) || name.StartsWith("<>y__InlineArray", StringComparison.Ordinal));

    private string OwnName(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        string space = _metadata.GetString(type.Namespace), name = _metadata.GetString(type.Name);
        return space.Length > 0 ? $"{space}.{name}" : name;
    }

    // "System.Collections.Generic.List`1/Enumerator", of one of the assemblies that a program may refer to.
    private string? Name(TypeReferenceHandle handle)
    {
        string nested = "";
        for (int depth = 0; depth < MaximumNesting; depth++)
        {
            TypeReference type = _metadata.GetTypeReference(handle);
            string name = _metadata.GetString(type.Name);
            switch (type.ResolutionScope.Kind)
            {
                case HandleKind.TypeReference:
                    (nested, handle) = ($"/{name}{nested}", (TypeReferenceHandle)type.ResolutionScope);
                    break;
                case HandleKind.AssemblyReference:
                    string assembly = _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
                    return Loading.Assemblies.Contains(assembly) ? string.Create(CultureInfo.InvariantCulture, $"{_metadata.GetString(type.Namespace)}.{name}{nested}") : null;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>What a signature comes to.</summary>
    /// <param name="Root">The type that is meant, generic arguments left out.</param>
    /// <param name="IsArray">Whether it is an array.</param>
    /// <param name="IsRefused">Whether a pointer or something like it occurs in it.</param>
    /// <param name="IsReference">Whether it is a reference to such a thing.</param>
    private readonly record struct Shape(EntityHandle Root, bool IsArray, bool IsRefused, bool IsReference = false);

    /// <summary>Decodes signatures; those that are too long to be decoded safely are refused.</summary>
    private sealed class Shapes(MetadataReader metadata) : ISignatureTypeProvider<Shape, object?>
    {
        private static readonly Shape Refused = new(default, false, IsRefused: true);

        public Shape Of(EntityHandle type) => type.Kind switch
        {
            HandleKind.TypeReference or HandleKind.TypeDefinition => new(type, false, false),
            HandleKind.TypeSpecification when metadata.GetTypeSpecification((TypeSpecificationHandle)type) is var specification && IsShort(specification.Signature) => specification.DecodeSignature(this, null),
            _ => Refused,
        };

        public Shape Of(MemberReference member)
        {
            if (!IsShort(member.Signature))
            {
                return Refused;
            }

            return member.GetKind() == MemberReferenceKind.Field ? member.DecodeFieldSignature(this, null) with { Root = default } : Of(member.DecodeMethodSignature(this, null));
        }

        public Shape Of(MethodDefinition method) => IsShort(method.Signature) ? Of(method.DecodeSignature(this, null)) : Refused;

        /// <summary>Of a method whose signature was found short.</summary>
        public bool GivesReference(MethodDefinition method) => method.DecodeSignature(this, null).ReturnType.IsReference;

        /// <summary>Of a method whose signature was found short.</summary>
        public bool TakesReference(MemberReference method) => method.DecodeMethodSignature(this, null).ParameterTypes.Any(p => p.IsReference);

        public Shape Of(FieldDefinition field) => IsShort(field.Signature) ? field.DecodeSignature(this, null) : Refused;

        public Shape Of(MethodSpecification method) => IsShort(method.Signature) ? Any(method.DecodeSignature(this, null)) : Refused;

        public Shape Of(StandaloneSignature signature) => IsShort(signature.Signature) && HasCount(signature.Signature) && signature.GetKind() == StandaloneSignatureKind.LocalVariables ? Any(signature.DecodeLocalSignature(this, null)) : Refused;

        // A local takes a byte at least: what says that there are more is not believed, or room would be made for them.
        private bool HasCount(BlobHandle blob)
        {
            BlobReader reader = metadata.GetBlobReader(blob);
            reader.ReadSignatureHeader();
            return reader.TryReadCompressedInteger(out int count) && count <= reader.RemainingBytes;
        }

        private bool IsShort(BlobHandle blob) => metadata.GetBlobReader(blob).Length <= MaximumSignatureBytes;

        private static Shape Of(MethodSignature<Shape> signature) =>
            signature.Header.CallingConvention == SignatureCallingConvention.Default ? Any([signature.ReturnType, .. signature.ParameterTypes]) : Refused;

        private static Shape Any(ImmutableArray<Shape> parts) => new(default, false, parts.Any(p => p.IsRefused));

        public Shape GetArrayType(Shape elementType, ArrayShape shape) => elementType with { IsArray = true };

        public Shape GetByReferenceType(Shape elementType) => elementType with { IsReference = true };

        public Shape GetFunctionPointerType(MethodSignature<Shape> signature) => Refused;

        public Shape GetGenericInstantiation(Shape genericType, ImmutableArray<Shape> typeArguments) => genericType with { IsRefused = genericType.IsRefused || typeArguments.Any(a => a.IsRefused) };

        public Shape GetGenericMethodParameter(object? genericContext, int index) => default;

        public Shape GetGenericTypeParameter(object? genericContext, int index) => default;

        public Shape GetModifiedType(Shape modifier, Shape unmodifiedType, bool isRequired) => unmodifiedType;

        public Shape GetPinnedType(Shape elementType) => Refused;

        public Shape GetPointerType(Shape elementType) => Refused;

        public Shape GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode == PrimitiveTypeCode.TypedReference ? Refused : default;

        public Shape GetSZArrayType(Shape elementType) => elementType with { IsArray = true };

        public Shape GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => new(handle, false, false);

        public Shape GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => new(handle, false, false);

        public Shape GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => Refused; // a signature within a signature: no compiler writes it
    }
}
